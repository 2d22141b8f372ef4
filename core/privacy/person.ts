import { decodeEscapes } from '../sip/text.ts';
import { TOKEN, type Tokens } from './tokens.ts';

/** What stands in the place of a person without being one (RFC 3261 §8.1.1.3, RFC 3323 §4.1.1.3, and what switches write). */
const NOBODY: ReadonlySet<string> = new Set([
  ...['anonymous', 'unknown', 'unavailable', 'restricted', 'private', 'invalid', 'asterisk', 'freeswitch', '-'],
  // Users of Contact that FreeSWITCH writes, its name of a callee without one, and Asterisk's extensions without a number.
  ...['mod_sofia', 'nobody', 'outbound call', 's', 'h'],
]);
export const isNobody = (text: string): boolean => NOBODY.has(text.toLowerCase());

const WHOLE_TOKEN = new RegExp(`^${TOKEN.source}$`);
const isToken = (text: string, tokens: Tokens): boolean => WHOLE_TOKEN.test(text) && tokens.read(text) !== undefined;

/** The token of a number, name or user, as one place shows it and another; white space around it stays. */
export function hidePerson(text: string, tokens: Tokens): string {
  const person = text.trim();
  if (person === '' || isNobody(person) || isToken(person, tokens)) return text;
  return text.replace(person, () => tokens.of(person));
}

/** The same of what is written in a URI, where "%2B" is "+". */
export const hideUser = (user: string, tokens: Tokens): string => hidePerson(decodeEscapes(user), tokens);

/** Digits that somebody dialled or typed, his PIN among them: they are nobody's to read, so they have no token. */
export const hideDigits = (text: string): string => text.replace(/[0-9A-Za-z*#]/g, '*');
