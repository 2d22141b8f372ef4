const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]?))/g;

/**
 * The text that a quoted string stands for, by the rules of Go (strconv.Unquote), as Loki reads it: backticks hold
 * everything as it is. Undefined for what is no such string.
 */
export function unquote(quoted: string): string | undefined {
  const quote = quoted[0];
  if (quoted.length < 2 || quoted.at(-1) !== quote) return undefined;
  const inner = quoted.slice(1, -1);
  if (quote === '`') return inner.includes('`') ? undefined : inner.replaceAll('\r', '');
  if (quote !== '"' && quote !== "'") return undefined;
  let fine = true;
  const text = inner.replace(ESCAPE, (_, hex, short, long, octal, one: string | undefined) => {
    const digits: string | undefined = hex ?? short ?? long;
    const code = octal === undefined ? Number.parseInt(digits ?? '', 16) : Number.parseInt(octal, 8);
    if (digits !== undefined || octal !== undefined) {
      if (code <= (octal === undefined ? 0x10ffff : 0xff)) return String.fromCodePoint(code);
    } else if (SIMPLE[one ?? ''] !== undefined) {
      return SIMPLE[one ?? ''] ?? '';
    }
    fine = false;
    return '';
  });
  return fine ? text.toWellFormed() : undefined;
}
