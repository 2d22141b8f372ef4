/** What a table says of a word that a message holds; undefined for one that is not in it, "constructor" among them. */
export const lookUp = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/**
 * Parts that `separator`, one character, separates where it may: not inside quotes, and not between "<" and ">". They
 * have no white space around them; empty ones are left out.
 */
export function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let quoted = false;
  let inUri = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"' && !inUri) quoted = true;
    else if (char === '<') inUri = true;
    else if (char === '>') inUri = false;
    else if (char === separator && !inUri) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** A value and its parameters: "SIP/2.0/UDP host;branch=z9hG4bK1;rport" has two. */
export interface ValueParts {
  readonly value: string;
  /** Each with its name, "=" and value as they are written. */
  readonly parameters: readonly string[];
}

export function partsOf(text: string): ValueParts {
  const [value = '', ...parameters] = splitOutside(text, ';');
  return { value, parameters };
}
