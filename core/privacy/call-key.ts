import { hideNumbers, numberWords } from './number-words.ts';
import { applied, joined, type Replacement, replaced } from './pieces.ts';
import { ADDRESS, keepTokens, UUID } from './shapes.ts';
import type { Tokens } from './tokens.ts';

/** Asterisk's Uniqueid: seconds since 1970 and a count, perhaps behind the system's name. */
const UNIQUEID = /\b1[4-9]\d{8}\.\d{1,9}\b/g;

/**
 * A Call-ID, channel or other identifier, without the numbers that it is made of: a Call-ID is no number, but
 * "4155550101-xyz@host" holds one. What it holds follows from itself alone, so that it is the same wherever it is shown, and
 * `tokens.restore` gives the identifier back.
 */
export function hideKey(key: string, tokens: Tokens): string {
  if (!/\d{5}/.test(key)) return key;
  let pieces = keepTokens([{ text: key, done: false }], tokens);
  for (const shape of [UUID, ADDRESS, UNIQUEID]) pieces = applied(pieces, shape, ([whole]) => whole);
  pieces = replaced(pieces, (part) => hiddenNumbers(part, tokens));
  return joined(pieces);
}

function* hiddenNumbers(key: string, tokens: Tokens): Iterable<Replacement> {
  for (const { index, word } of numberWords(key)) yield { index, length: word.length, by: hideNumbers(word, tokens) };
}
