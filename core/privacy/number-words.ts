import type { Tokens } from './tokens.ts';

/**
 * Numbers in a text of any length. Each letter is looked at a fixed number of times: a pattern with a repetition before the digits
 * that it looks for takes the square of a word's length, which is hours for a log line of a megabyte.
 */

/** Digits in a row that are taken for a number, and so many that they are one even among the letters of a hash. */
const [NUMBER, SURE_DIGITS] = [/\d{5}/, 7];
const HASH = /^[0-9a-f]{8,}$/i;

/** A word with a number in it. */
export interface NumberWord {
  readonly index: number;
  readonly word: string;
}

/** Words of letters, digits and "+" that hold a number, each up to the end of the last part with one. */
export function* numberWords(text: string): Iterable<NumberWord> {
  for (const { 0: run, index } of text.matchAll(/[0-9a-zA-Z+]+/g)) {
    let end = 0;
    for (const part of run.matchAll(/[0-9a-zA-Z]+/g)) if (NUMBER.test(part[0])) end = part.index + part[0].length;
    if (end > 0) yield { index, word: run.slice(0, end) };
  }
}

/** The word with tokens for its numbers. Some digits of a hash in hex are no number as long as they are few. */
export function hideNumbers(word: string, tokens: Tokens): string {
  const isHash = HASH.test(word);
  return word.replace(/\+?\d{5,}/g, (digits) =>
    isHash && digits.length < SURE_DIGITS && digits !== word ? digits : tokens.of(digits),
  );
}
