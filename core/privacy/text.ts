import { isPersonal, isSecret } from './header-kinds.ts';
import type { Hidden } from './hidden.ts';
import { hideNumbers, numberWords } from './number-words.ts';
import { hideDigits, hidePerson, hideUser } from './person.ts';
import { applied, joined, type Piece, type Replace, type Replacement, replaced } from './pieces.ts';
import { ADDRESS, keepTokens, MOMENT, STATUS_LINE, UUID } from './shapes.ts';
import type { Tokens } from './tokens.ts';

/**
 * A text that anybody may have written (a log line, a reason phrase, the data of an application) without its numbers and
 * names: URIs, "user@host", names before a bracketed number, variables that hold a person, the numbers and names that are
 * known, and whatever looks like a number. UUIDs, addresses with their ports, moments and SIP statuses stay.
 */
export function hideText(text: string, hidden: Hidden): string {
  if (text.length <= MAX_TEXT) return hideWhole(text, hidden);
  const end = endOfWord(text, MAX_TEXT);
  return `${hideWhole(text.slice(0, end), hidden)} [${text.length - end} more characters are not shown]`;
}

/**
 * No line of a log is longer in earnest. To look for numbers in a megabyte takes seconds, in which nobody else is answered; what
 * is behind this may be anybody's number and is left out.
 */
export const MAX_TEXT = 32_768;

/** Before the word that stands at a place, so that no part of a number is left: a word has no more letters in earnest. */
const MAX_WORD = 200;
function endOfWord(text: string, at: number): number {
  let end = at;
  while (end > at - MAX_WORD && /[^\s,;]/.test(text.charAt(end - 1))) end -= 1;
  return end;
}

function hideWhole(text: string, { tokens, vocabulary }: Hidden): string {
  if (text.length < 2 || NOTHING_SAID.test(text)) return text;
  const person = (written: string): string => hidePerson(written, tokens);
  let pieces: Piece[] = keepTokens([{ text, done: false }], tokens);
  const rule = (pattern: RegExp, replace: Replace): void => {
    pieces = applied(pieces, pattern, replace);
  };
  const keep: Replace = ([whole]) => whole;
  rule(UUID, keep);
  rule(MOMENT, keep);
  rule(STATUS_LINE, keep);
  rule(/\b(sips?:)([^@\s<>"]{1,500})@/gi, ([, scheme = '', user = '']) => {
    const [name = '', ...password] = user.split(':');
    return `${scheme}${hideUser(name, tokens)}${password.length === 0 ? '' : ':*'}@`;
  });
  rule(/\b(tel:)([^;>\s,"']{1,200})/gi, ([, scheme, number = '']) => `${scheme}${hideUser(number, tokens)}`);
  pieces = replaced(pieces, (part) => hiddenUsers(part, tokens));
  rule(/"([^"<>\r\n]{1,200})"(?=\s{0,3}<)/g, ([, name = '']) => `"${person(name)}"`);
  // FreeSWITCH: "Processing Anna Example <1001>->2000 in context default".
  rule(/\b(Processing )([^<>\r\n]{1,200}?)(?= ?<)/g, ([, before, name = '']) => `${before}${person(name)}`);
  rule(ASSIGNED, ([, name = '', sign = '', value = '']) => {
    if (isSecret(name)) return `${name}${sign}${hideDigits(value)}`;
    return isPersonal(name) && !isPlainValue(value) ? `${name}${sign}${quotedPerson(value, person)}` : undefined;
  });
  rule(
    /\b(DTMF\b[^0-9\r\n]{0,20}|\bdigits?:? )([0-9A-D*#]{1,64})\b/gi,
    ([, before, digits = '']) => `${before}${hideDigits(digits)}`,
  );
  pieces = replaced(pieces, (part) => vocabulary.find(part));
  rule(ADDRESS, keep);
  // Written with separators: "+1 (415) 555-0101".
  rule(SEPARATED, ([whole]) => ((whole.match(/\d/g) ?? []).length >= 9 ? person(whole) : undefined));
  pieces = replaced(pieces, (part) => hiddenNumbers(part, tokens));
  return joined(pieces);
}

/** "name=value", "name: value" or, as the dialplan's conditions are logged, "name(value)"; the value may be quoted. */
const ASSIGNED = /\b([A-Za-z_][\w-]{1,80})(\s?[=:(]\s?)('[^'\r\n]{0,300}'|"[^"\r\n]{0,300}"|[^,;)\]}|"'\r\n]{1,300})/g;

const SEPARATED = /(?<![\d.\w])\+?\(?\d{1,4}\)?(?:[-. /]\(?\d{2,4}\)?){2,5}(?![\d.]*\d)/g;

const isPlainValue = (value: string): boolean => /^\s*(?:true|false|none|null|-?\d{0,2})\s*$/i.test(value);

function quotedPerson(value: string, person: (text: string) => string): string {
  const [, quote = '', inner = ''] = /^(['"])([\s\S]*)\1$/.exec(value) ?? [];
  return quote === '' ? person(value) : `${quote}${person(inner)}${quote}`;
}

/** "port 24680", "host:24680". */
function isPort(word: string, before: string): boolean {
  if (!/^\d{5}$/.test(word) || Number(word) > 65_535) return false;
  return /(?:\bports?[ =:]{1,3}|[A-Za-z0-9\])]:)$/i.test(before);
}

/** Signs alone, of which an address of many quotes has thousands. */
const NOTHING_SAID = /^[\s"<>;,]*$/;

/** What no user part has in it, and the longest that is taken for one. */
const NO_USER = /[\s@<>"'=,;()[\]{}/|:&?\\]/;
const MAX_USER = 200;

/*
 * Generators of their own rather than within a function: the engine keeps a note of each that was ever made, and every text
 * would make some.
 */

function* hiddenUsers(text: string, tokens: Tokens): Iterable<Replacement> {
  for (const { index, user } of usersIn(text)) {
    yield { index, length: user.length + 1, by: `${hideUser(user, tokens)}@` };
  }
}

function* hiddenNumbers(text: string, tokens: Tokens): Iterable<Replacement> {
  for (const { index, word } of numberWords(text)) {
    const isLeft = isPort(word, text.slice(Math.max(0, index - 12), index));
    yield { index, length: word.length, by: isLeft ? word : hideNumbers(word, tokens) };
  }
}

/** What stands before each "@" of "user@host". It is read backwards: forwards every letter would begin one. */
function* usersIn(text: string): Iterable<{ readonly index: number; readonly user: string }> {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    if (!/[A-Za-z0-9[]/.test(text.charAt(at + 1))) continue;
    let from = at;
    while (from > 0 && at - from < MAX_USER && !NO_USER.test(text.charAt(from - 1))) from -= 1;
    if (from < at) yield { index: from, user: text.slice(from, at) };
  }
}
