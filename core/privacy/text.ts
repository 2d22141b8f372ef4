import { isPersonal, isSecret } from './header-kinds.ts';
import type { Hidden } from './hidden.ts';
import { hideDigits, hidePerson, hideUser } from './person.ts';
import { applied, joined, type Piece, type Replace, replaced } from './pieces.ts';
import { ADDRESS, keepTokens, MOMENT, STATUS_LINE, UUID } from './shapes.ts';

/** So many digits in a row are taken for a number. */
const NUMBER_DIGITS = 5;

/**
 * A text that anybody may have written (a log line, a reason phrase, the data of an application) without its numbers and
 * names: URIs, "user@host", names before a bracketed number, variables that hold a person, the numbers and names that are
 * known, and whatever looks like a number. UUIDs, addresses with their ports, moments and SIP statuses stay.
 */
export function hideText(text: string, { tokens, vocabulary }: Hidden): string {
  if (text.length < 2) return text;
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
  rule(/([^\s@<>"'=,;()[\]{}/|:&?\\]{1,200})@(?=[A-Za-z0-9[])/g, ([, user = '']) => `${hideUser(user, tokens)}@`);
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
  pieces = replaced(pieces, function* (part) {
    for (const { index, length, token } of vocabulary.find(part)) yield { index, length, by: token };
  });
  rule(ADDRESS, keep);
  // Written with separators: "+1 (415) 555-0101".
  rule(SEPARATED, ([whole]) => ((whole.match(/\d/g) ?? []).length >= 9 ? person(whole) : undefined));
  rule(/[0-9a-zA-Z+]*\d{5,}[0-9a-zA-Z]*/g, (found) => {
    if (isPort(found)) return found[0];
    return found[0].replace(/\+?\d{5,}/g, (digits) => (isOfHash(digits, found[0]) ? digits : tokens.of(digits)));
  });
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
function isPort({ 0: word, index, input }: RegExpExecArray): boolean {
  if (!/^\d{5}$/.test(word) || Number(word) > 65_535) return false;
  return /(?:\bports?[ =:]{1,3}|[A-Za-z0-9\])]:)$/i.test(input.slice(Math.max(0, index - 12), index));
}

/** Some digits of a hash in hex: among its letters they are no number as long as they are few. */
const isOfHash = (digits: string, word: string): boolean =>
  digits.length < NUMBER_DIGITS + 2 && digits !== word && /^[0-9a-f]{8,}$/i.test(word);
