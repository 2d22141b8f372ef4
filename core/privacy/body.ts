import type { Hidden } from './hidden.ts';
import { hideDigits, hidePerson } from './person.ts';
import { joined, type Replacement, replaced } from './pieces.ts';
import { hideQualityReport } from './quality-report.ts';
import { hideSip } from './sip.ts';
import { hideText } from './text.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Bodies within bodies: what people send has two. */
const MAX_DEPTH = 4;

/** The body of a SIP message. What is none of the kinds that can be read is left out as a whole: it may say anything. */
export function hideBody(contentType: string, body: string, hidden: Hidden, depth = 0): string {
  if (body.trim() === '') return body;
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (type === 'application/sdp' || (type === '' && /^v=0\r?\n/.test(body))) return hideSdp(body, hidden);
  if (type.startsWith('message/sipfrag')) return hideFragment(body, hidden);
  if (type.startsWith('multipart/') && depth < MAX_DEPTH) return hideParts(contentType, body, hidden, depth);
  if (type === 'application/dtmf-relay') {
    return body.replace(
      /^(\s*signal\s*=\s*)(\S.*?)(\s*)$/gim,
      (_, name: string, digits: string, end: string) => `${name}${hideDigits(digits)}${end}`,
    );
  }
  if (type === 'application/dtmf') return hideDigits(body);
  if (type === 'application/media_control+xml' || type === 'application/simple-message-summary')
    return hideText(body, hidden);
  if (type === 'application/vq-rtcpxr') return hideQualityReport(body, hidden);
  if (type.endsWith('+xml') || type.endsWith('/xml')) return hideXml(body, hidden);
  return `[${body.length} characters of ${/^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'no known type'} are hidden]`;
}

/** RFC 4566: who made the session, how it is called, whom to write to; the rest speaks of media. */
function hideSdp(body: string, hidden: Hidden): string {
  const { tokens } = hidden;
  return body.replace(/^([a-z])=([^\r\n]*)/gm, (line, letter: string, value: string) => {
    if (letter === 'o') return `o=${value.replace(/^\S+/, (user) => hidePerson(user, tokens))}`;
    if (letter === 's' || letter === 'i' || letter === 'e' || letter === 'p' || letter === 'u') {
      return `${letter}=${hidePerson(value, tokens)}`;
    }
    return letter === 'a' ? `a=${hideAttribute(value, hidden)}` : line;
  });
}

/** Keys, candidates and codecs have long numbers of their own: only those that are known go. */
const hideAttribute = (value: string, { vocabulary }: Hidden): string =>
  joined(replaced([{ text: value, done: false }], (text) => knownWords(text, vocabulary)));

function* knownWords(text: string, vocabulary: Vocabulary): Iterable<Replacement> {
  for (const found of vocabulary.find(text)) {
    if (!/^\d{1,4}$/.test(text.slice(found.index, found.index + found.length))) yield found;
  }
}

/** A piece of a message, its first line perhaps (RFC 3420). */
const hideFragment = (body: string, hidden: Hidden): string => hideSip(Buffer.from(body), hidden).toString();

function hideParts(contentType: string, body: string, hidden: Hidden, depth: number): string {
  const [, quoted, bare] = /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return hideBody('', body, hidden, depth + 1);
  return body
    .split(`--${boundary}`)
    .map((part, i) => {
      const [, head = '', inner] = /^(\r?\n[\s\S]*?\r?\n\r?\n|\r?\n\r?\n)([\s\S]*)$/.exec(part) ?? [];
      // In front of the first boundary, behind the last, or a part without an end of its head.
      if (inner === undefined) return i === 0 || part.trim() !== '--' ? hideText(part, hidden) : part;
      const [, type = ''] = /^content-type\s*:\s*([^\r\n]*)/im.exec(head) ?? [];
      const [, text = '', end = ''] = /^([\s\S]*?)((?:\r?\n)?)$/.exec(inner) ?? [];
      return `${hideText(head, hidden)}${hideBody(type, text, hidden, depth + 1)}${end}`;
    })
    .join(`--${boundary}`);
}

/** Presence, dialogs, conferences, registrations: users of URIs, display names, notes. */
function hideXml(body: string, hidden: Hidden): string {
  const { tokens } = hidden;
  const named = body
    .replace(
      /<((?:\w+:)?(?:display-name|display-text|note|name|subject|user|number))(\b[^<>]*)>([^<>]*)</gi,
      (_, tag: string, rest: string, text: string) => `<${tag}${rest}>${hidePerson(text, tokens)}<`,
    )
    .replace(
      /\b(display(?:-name)?|name|entity-name|user)="([^"<>]*)"/gi,
      (_, name: string, text: string) => `${name}="${hidePerson(text, tokens)}"`,
    )
    .replace(
      /(<(?:digits?|dtmf|signal)\b[^<>]*>)([^<>]*)/gi,
      (_, tag: string, text: string) => `${tag}${hideDigits(text)}`,
    );
  return hideText(named, hidden);
}
