/** What stands in a sentence and is no text of it: a value, or markup that a template has made. */
export type Part = unknown;

/**
 * A sentence around markup: around`Lines for ${file}`. A template draws its parts one after the other, so that nothing of
 * a text is ever taken for markup.
 */
export const around = (words: TemplateStringsArray, ...parts: readonly Part[]): readonly Part[] =>
  words.flatMap((text, at) => (at < parts.length ? [text, parts[at]] : [text]));
