import { hideAddresses } from './addresses.ts';
import { hideKey } from './call-key.ts';
import type { Hidden } from './hidden.ts';
import { hideUser } from './person.ts';
import { hideText } from './text.ts';

const SCHEME = /^\s*(sips?|tel):/i;

/**
 * A SIP, SIPS or TEL URI whose user is a token. Parts are those that the reader of SIP takes (core/sip/scan-address.ts): the
 * user ends at the first ":" before the first "@". A password is a star; headers within (RFC 3261 §19.1.1) are read and
 * written again. Other URIs are read as text.
 */
export function hideUri(uri: string, hidden: Hidden): string {
  const scheme = SCHEME.exec(uri);
  if (scheme === null) return hideText(uri, hidden);
  const [begin] = scheme;
  const rest = uri.slice(begin.length);
  if (begin.trim().toLowerCase() === 'tel:') {
    const end = rest.search(/[;?]/);
    const number = end < 0 ? rest : rest.slice(0, end);
    return `${begin}${hideUser(number, hidden.tokens)}${end < 0 ? '' : hideText(rest.slice(end), hidden)}`;
  }
  const at = rest.indexOf('@');
  if (at < 0) return `${begin}${hideTail(rest, hidden)}`;
  const [user = '', ...password] = rest.slice(0, at).split(':');
  const secret = password.length === 0 ? '' : ':*';
  return `${begin}${hideUser(user, hidden.tokens)}${secret}@${hideTail(rest.slice(at + 1), hidden)}`;
}

/** Host, parameters and headers. */
function hideTail(tail: string, hidden: Hidden): string {
  const question = tail.indexOf('?');
  if (question < 0) return hideText(tail, hidden);
  const headers = tail
    .slice(question + 1)
    .split('&')
    .map((header) => hideEmbedded(header, hidden));
  return `${hideText(tail.slice(0, question), hidden)}?${headers.join('&')}`;
}

function hideEmbedded(header: string, hidden: Hidden): string {
  const [, name = '', value = ''] = /^([^=]*)=([\s\S]*)$/.exec(header) ?? [];
  const decoded = decoded1(value);
  if (name === '' || decoded === undefined) return hideText(header, hidden);
  const shown = /^(replaces|call-id|in-reply-to)$/i.test(name)
    ? hideKey(decoded, hidden.tokens)
    : hideAddresses(decoded, hidden);
  return shown === decoded ? header : `${name}=${encodeURIComponent(shown)}`;
}

function decoded1(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    // Not UTF-8, or no escape at all.
    return undefined;
  }
}
