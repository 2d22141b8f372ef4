import { isUtf8 } from 'node:buffer';
import { parseParties } from '../sip/party.ts';
import { readSip } from '../sip/read.ts';
import { hideAddresses } from './addresses.ts';
import { hideBody } from './body.ts';
import { hideKey } from './call-key.ts';
import type { Hidden } from './hidden.ts';
import { hidePerson } from './person.ts';
import { hideText } from './text.ts';
import { hideUri } from './uri.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Short forms (RFC 3261 §7.3.3, RFC 3515, RFC 3892) of headers that are told apart here. */
const SHORT: Readonly<Record<string, string>> = {
  ...{ f: 'from', t: 'to', m: 'contact', i: 'call-id', v: 'via', l: 'content-length', c: 'content-type', s: 'subject' },
  ...{ e: 'content-encoding', k: 'supported', o: 'event', u: 'allow-events', x: 'session-expires', y: 'identity' },
};

/** How a dialog is followed, and what a device can do. Numbers that are known are hidden here as well, nothing else is. */
const STRUCTURE: ReadonlySet<string> = new Set([
  ...[
    'via',
    'cseq',
    'max-forwards',
    'content-type',
    'content-encoding',
    'content-disposition',
    'expires',
    'min-expires',
  ],
  ...['session-expires', 'min-se', 'allow', 'supported', 'require', 'proxy-require', 'unsupported', 'accept', 'event'],
  ...[
    'accept-encoding',
    'accept-language',
    'allow-events',
    'subscription-state',
    'rseq',
    'rack',
    'mime-version',
    'date',
  ],
  ...[
    'timestamp',
    'retry-after',
    'www-authenticate',
    'proxy-authenticate',
    'session-id',
    'session',
    'user-agent',
    'server',
  ],
]);
const KEYS: ReadonlySet<string> = new Set(['call-id', 'in-reply-to', 'x-call-id', 'x-cid']);
/** Their value begins with a Call-ID, and tags follow. */
const DIALOGS: ReadonlySet<string> = new Set(['replaces', 'target-dialog', 'join']);
/** A signed statement about caller and callee, which anybody can read (RFC 8224). */
const SIGNED: ReadonlySet<string> = new Set(['identity']);
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization']);
const NAMES = /^(?:subject|organization|.*-name)$/;

/**
 * A SIP message, or a piece of one, without the numbers, names and digits in it. It is read as the same message: lines,
 * headers, methods, branches, tags and CSeq stay; a known number in one of them goes. Never throws.
 */
export function hideSip(bytes: Buffer, hidden: Hidden): Buffer {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const text = bytes.toString(encoding);
  const end = /\r?\n\r?\n/.exec(text);
  const headEnd = end === null ? text.length : end.index + end[0].length;
  const headers = linesOf(text.slice(0, headEnd));
  const type = headerValue(headers, 'content-type');
  const body = text.slice(headEnd);
  const shownBody = hideBody(type, body, hidden);
  const change = Buffer.byteLength(shownBody, encoding) - Buffer.byteLength(body, encoding);
  const shown = headers.map((line, i) =>
    i === 0 && !isHeader(line) ? hideStart(line, hidden) : hideLine(line, change, hidden),
  );
  return Buffer.from(shown.join('') + shownBody, encoding);
}

/** The lines of a head with their ends; one that begins with white space belongs to the one before it. */
const linesOf = (head: string): string[] => head.match(/[^\n]*\n(?:[ \t][^\n]*\n?)*|[^\n]+$/g) ?? [];

const HEADER = /^([^:\s]+)(\s*:\s*)([\s\S]*?)(\s*)$/;
const isHeader = (line: string): boolean => HEADER.test(line) && !START.test(line);
const START = /^(\s*)([^\s:]+ +)(\S[^\r\n]*?)( +SIP\/[\d.]+\s*)$/i;

function hideStart(line: string, hidden: Hidden): string {
  const request = START.exec(line);
  if (request === null) return /^\s*SIP\//i.test(line) ? hideText(line, hidden) : hideAddresses(line, hidden);
  const [, before = '', method = '', uri = '', version = ''] = request;
  return `${before}${method}${hideUri(uri, hidden)}${version}`;
}

const nameOf = (written: string): string => {
  const name = written.toLowerCase();
  return Object.hasOwn(SHORT, name) ? (SHORT[name] ?? name) : name;
};

function headerValue(headers: readonly string[], wanted: string): string {
  for (const line of headers) {
    const [, name = '', , value = ''] = HEADER.exec(line) ?? [];
    if (nameOf(name) === wanted) return value;
  }
  return '';
}

function hideLine(line: string, change: number, hidden: Hidden): string {
  const found = HEADER.exec(line);
  if (found === null) return hideAddresses(line, hidden);
  const [, written = '', colon = '', value = '', end = ''] = found;
  return `${written}${colon}${hideValue(nameOf(written), value, change, hidden)}${end}`;
}

function hideValue(name: string, value: string, change: number, hidden: Hidden): string {
  const { tokens } = hidden;
  if (name === 'content-length') return /^\d{1,9}$/.test(value) ? String(Math.max(0, Number(value) + change)) : value;
  if (KEYS.has(name)) return hideKey(value, tokens);
  if (STRUCTURE.has(name)) return hideKnown(value, hidden);
  if (SIGNED.has(name)) return 'hidden';
  if (CREDENTIALS.has(name)) return hideCredentials(value, hidden);
  if (DIALOGS.has(name)) {
    const [callId = '', ...rest] = value.split(';');
    return [hideKey(callId, tokens), ...rest.map((part) => hideKnown(part, hidden))].join(';');
  }
  return NAMES.test(name) ? hidePerson(value, tokens) : hideAddresses(value, hidden);
}

/** Numbers of the call, of five digits or more, wherever they stand. */
function hideKnown(value: string, { tokens, vocabulary }: Hidden): string {
  return value.replace(/\+?\d{5,}/g, (digits) =>
    vocabulary.tokenOf(digits) === undefined ? digits : tokens.of(digits),
  );
}

/** username="…" and the URI; what was computed of the password is no number. */
function hideCredentials(value: string, hidden: Hidden): string {
  return value.replace(
    /\b(username\*?|uri)(\s*=\s*)("(?:[^"\\]|\\[\s\S])*"|[^,\s]+)/gi,
    (_, name: string, sign: string, said: string) => {
      const inner = said.startsWith('"') ? said.slice(1, -1) : said;
      const quote = said.startsWith('"') ? '"' : '';
      const shown = name.toLowerCase() === 'uri' ? hideUri(inner, hidden) : hidePerson(inner, hidden.tokens);
      return `${name}${sign}${quote}${shown}${quote}`;
    },
  );
}

/** Headers that name somebody. */
const PARTIES = [
  ...[
    'from',
    'to',
    'contact',
    'p-asserted-identity',
    'p-preferred-identity',
    'remote-party-id',
    'diversion',
    'history-info',
  ],
  ...['refer-to', 'referred-by', 'reply-to', 'p-called-party-id', 'p-associated-uri'],
];
const MAX_PARTIES = 20;

/** Notes the numbers and names of a message. */
export function learnSip(bytes: Buffer, vocabulary: Vocabulary): void {
  const sip = readSip(bytes);
  learnUser(sip.uriUser, vocabulary);
  for (const name of PARTIES) {
    for (const value of sip.header(name)) {
      for (const { user, display } of parseParties(value, MAX_PARTIES)) {
        learnUser(user, vocabulary);
        vocabulary.add(display);
      }
    }
  }
}

/** A user part may have parameters of its own: "+14155550101;ext=5". */
function learnUser(user: string, vocabulary: Vocabulary): void {
  vocabulary.add(user);
  if (user.includes(';')) vocabulary.add(user.slice(0, user.indexOf(';')));
}
