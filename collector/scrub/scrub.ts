import { dtmf } from './dtmf.ts';
import { mediaKeys } from './media-keys.ts';
import { passwords } from './passwords.ts';
import { joined, type Secret } from './secret.ts';
import { endOfField, sipCredentials } from './sip-credentials.ts';
import { tally } from './tally.ts';
import { createWords } from './words.ts';

/**
 * Credentials, keys and pressed digits go before anything is put on the bus, so that no table, journal, topic or spool
 * has ever held them. docs/privacy.md lists what is taken for one.
 */

/** Four characters of everything that the patterns look for; "401 Unauthorized" has none of them. */
const MOST = [
  ...['riza', 'nse=', 'nse ', 'cnon', 'spau', 'auts'],
  ...['inli', 'ikey', 'k=cl', 'k=ba', 'k=pr', 'k=ur', '-pwd', 'o_ke'],
  ...['nal=', 'nal ', 'digi', 'st r', 'bind'],
  ...['assw', 'assp', '1-ha', 'oken', 'pike', 'pi-k', 'pi_k', 'ss_k', 'ss-k', 'sske'],
];
/** The ends of "sip:" and "sips:", behind which a password may stand; of a text the patterns tell the rest. */
const WORDS = createWords([...MOST, 'dtmf', 'sip:', 'ips:']);
/** Every channel has a variable_dtmf_type. What tells digits in an event has other words. */
const EVENT_WORDS = createWords([...MOST, 'auth']);
const STAR = 0x2a;

const secretsIn = (text: string): Secret[] =>
  joined([...sipCredentials(text), ...mediaKeys(text), ...dtmf(text), ...passwords(text)]);

/** The text with "***" in place of each secret. */
export function scrubText(text: string): string {
  if (!WORDS.isIn(text)) return text;
  const secrets = secretsIn(text);
  if (secrets.length === 0) return text;
  tally(secrets);
  let clean = '';
  let at = 0;
  for (const { from, to } of secrets) {
    clean += `${text.slice(at, from)}***`;
    at = to;
  }
  return clean + text.slice(at);
}

/** False for the JSON of an event whose names and values are free of secrets. */
export function mayHoldSecrets(json: Buffer): boolean {
  // An escape might hide a word.
  if (json.includes(ESCAPE)) return true;
  if (EVENT_WORDS.next(json, 0, json.length) < 0) return false;
  const text = json.toString('latin1');
  return SECRET_NAMES.test(text) || secretsIn(text).length > 0;
}

const ESCAPE = Buffer.from('\\u');
const SECRET_NAMES = /passw|passphrase|a1-hash|sip_auth_|authorization|crypto_key/i;

/**
 * Overwrites each secret with stars in place: every length and offset stays true, and the id that is made of the bytes is
 * that of what is stored.
 *
 * @param isSip a message as it went over the wire, or a piece of one: then the rest of a line that began elsewhere goes too
 */
export function scrubBytes(bytes: Buffer, from: number, to: number, isSip: boolean): void {
  const isPiece = isSip && !beginsMessage(bytes, from, to);
  if (!isPiece && !isSuspect(bytes, from, to)) return;
  const text = bytes.toString('latin1', from, to);
  const secrets = joined([...(isPiece ? restOfLine(text) : []), ...secretsIn(text)]);
  if (secrets.length === 0) return;
  tally(secrets);
  for (const secret of secrets) bytes.fill(STAR, from + secret.from, from + secret.to);
}

/** A copy without secrets of bytes that could not be read, as much of it as is kept. */
export function scrubbedCopy(bytes: Uint8Array, most: number): Buffer {
  // What is cut off may be what tells that something before it is a secret.
  const copy = Buffer.from(bytes.subarray(0, most * 2));
  scrubBytes(copy, 0, copy.length, false);
  return copy.subarray(0, most);
}

const COLON = 0x3a;
const AT = 0x40;

function isSuspect(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = WORDS.next(bytes, from, to); at >= 0; at = WORDS.next(bytes, at, to)) {
    if (bytes[at - 1] !== COLON || hasPassword(bytes, at, to)) return true;
  }
  return false;
}

/** "sip:alice:secret@…" (RFC 3261 §19.1.1): a colon and an at sign behind the scheme's, before the address ends. */
function hasPassword(bytes: Uint8Array, from: number, to: number): boolean {
  let colon = false;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at]!;
    if (byte === AT) return colon;
    if (byte === COLON) colon = true;
    else if (byte <= 0x2c && (byte <= 0x20 || byte === 0x22 || byte === 0x2c)) return false;
    else if (byte === 0x3c || byte === 0x3e || (colon && (byte === 0x3b || byte === 0x2f))) return false;
  }
  return false;
}

/** "SIP/2.0 …", or a method and a space: cheap, as every packet is asked. */
function beginsMessage(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to && (bytes[at] === 0x0d || bytes[at] === 0x0a)) at += 1;
  if (at === to) return true;
  const start = at;
  while (at < to && isCapital(bytes[at]!)) at += 1;
  if (at === to) return true;
  return at - start >= 3 && (bytes[at] === 0x20 || (bytes[at] === 0x2f && at - start === 3));
}

const isCapital = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;

const START_LINE = /^\s*(?:sip\/\d|\S{1,256} [^\r\n]{1,8192}sip\/\d)/i;

/** Of a piece of a message the line that began in the piece before: a key or a parameter may have been cut in two. */
function restOfLine(text: string): Secret[] {
  if (/^[{<]/.test(text) || START_LINE.test(text)) return [];
  const end = endOfField(text, 0);
  const isAllDigits = /^[0-9A-D*#\s]+$/i.test(text);
  if (!isAllDigits && end === text.length && !/[="',:]|[0-9a-f]{6}/i.test(text)) return [];
  return end === 0 ? [] : [{ from: 0, to: end, kind: 'sip_credentials' }];
}
