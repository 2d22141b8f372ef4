import { applied, joined } from './pieces.ts';
import { ADDRESS, keepTokens, UUID } from './shapes.ts';
import type { Tokens } from './tokens.ts';

/** Asterisk's Uniqueid: seconds since 1970 and a count, perhaps behind the system's name. */
const UNIQUEID = /\b1[4-9]\d{8}\.\d{1,9}\b/g;
/** So many digits are a number even among the letters of a hash. */
const SURE_DIGITS = 7;
const HASH = /^[0-9a-f]{8,}$/i;

/**
 * A Call-ID, channel or other identifier, without the numbers that it is made of: a Call-ID is no number, but
 * "4155550101-xyz@host" holds one. What it holds follows from itself alone, so that it is the same wherever it is shown, and
 * `tokens.restore` gives the identifier back.
 */
export function hideKey(key: string, tokens: Tokens): string {
  if (!/\d{5}/.test(key)) return key;
  let pieces = keepTokens([{ text: key, done: false }], tokens);
  for (const shape of [UUID, ADDRESS, UNIQUEID]) pieces = applied(pieces, shape, ([whole]) => whole);
  pieces = applied(pieces, /[0-9a-zA-Z+]*\d{5,}[0-9a-zA-Z]*/g, ([word]) =>
    word.replace(/\+?\d{5,}/g, (digits) =>
      digits.length < SURE_DIGITS && digits !== word && HASH.test(word) ? digits : tokens.of(digits),
    ),
  );
  return joined(pieces);
}
