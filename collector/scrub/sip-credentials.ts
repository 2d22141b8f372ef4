import { matched, type Secret } from './secret.ts';

/**
 * Credentials of SIP (RFC 3261 §22, RFC 7616): of Digest all parameters but those that say who asked for what, of any
 * other scheme all of it. Without `response` nobody can try passwords against what is stored.
 */

const FIELD = /authorization[ \t]{0,20}(?:\r?\n[ \t]{1,20})?[:=]/gi;
const KEPT: ReadonlySet<string> = new Set(
  'username username* realm nonce uri algorithm opaque qop nc stale userhash charset integrity-protected'.split(' '),
);
const SCHEMES = /^(?:digest|basic|bearer|ntlm|kerberos|negotiate)$/i;
/** Anywhere: in an Authentication-Info, a trace in a log line, a piece of a message whose beginning is elsewhere. */
const PARAMETER = /\b(?:response|cnonce|rspauth|auts)\s{0,8}=\s{0,8}(?:"|')?([^\s"',;<>]+)/dgi;
const IN_URI = /\bsips?:[^\s:@,<>"]{1,256}:([^\s:@,/;?<>"]{1,256})@/dgi;

export function sipCredentials(text: string): Secret[] {
  const found = [...matched(text, PARAMETER, 'sip_credentials'), ...matched(text, IN_URI, 'sip_credentials')];
  let until = 0;
  for (const match of text.matchAll(FIELD)) {
    const from = match.index + match[0].length;
    // A field within a field is part of a value, and gone with it.
    if (from < until) continue;
    until = endOfField(text, from);
    found.push(...ofField(text, from, until));
  }
  return found;
}

/** Where a header field ends: at a line end that no white space follows (RFC 3261 §7.3.1). */
export function endOfField(text: string, from: number): number {
  for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) {
    const next = text[at + 1];
    if (next !== ' ' && next !== '\t') return text[at - 1] === '\r' && at > from ? at - 1 : at;
  }
  return text.length;
}

function ofField(text: string, from: number, to: number): Secret[] {
  const [, before = '', scheme = ''] = /^([\s"'[]*)([^\s,="'\]]*)/.exec(text.slice(from, to)) ?? [];
  const start = from + before.length;
  if (/^digest$/i.test(scheme)) return ofDigest(text, start + scheme.length, to);
  return everyWord(text, SCHEMES.test(scheme) ? start + scheme.length : start, to);
}

function everyWord(text: string, from: number, to: number): Secret[] {
  const words = text.slice(from, to).matchAll(/\S+/g);
  return [...words].map(({ index, 0: word }) => secret(from + index, from + index + word.length));
}

const secret = (from: number, to: number): Secret => ({ from, to, kind: 'sip_credentials' });

/** Reads as little into it as can be: what is no `name=value`, and what has another name than expected, goes. */
function ofDigest(text: string, from: number, to: number): Secret[] {
  const found: Secret[] = [];
  let at = from;
  const pass = (characters: string): void => {
    while (at < to && characters.includes(text[at]!)) at += 1;
  };
  const passTo = (characters: string): void => {
    while (at < to && !characters.includes(text[at]!)) at += 1;
  };
  while (at < to) {
    pass(`${SPACE},"`);
    const nameAt = at;
    passTo(`${SPACE},="`);
    const name = text.slice(nameAt, at).toLowerCase();
    pass(SPACE);
    if (text[at] !== '=' || at === to) {
      if (name !== '') found.push(secret(nameAt, nameAt + name.length));
      continue;
    }
    at += 1;
    pass(SPACE);
    let valueAt = at;
    let valueEnd = to;
    if (text[at] === '"') {
      valueAt += 1;
      at += 1;
      while (at < to && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
      valueEnd = Math.min(at, to);
      at += 1;
    } else {
      passTo(`${SPACE},`);
      valueEnd = at;
    }
    const isKept = KEPT.has(name) && !/authorization|basic|bearer/i.test(text.slice(valueAt, valueEnd));
    if (!isKept && valueEnd > valueAt) found.push(secret(valueAt, valueEnd));
  }
  return found;
}

const SPACE = ' \t\r\n';
