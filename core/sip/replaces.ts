import { decodeEscapes } from './text.ts';

/** The dialog that a Replaces header names (RFC 3891). Tags are "" when absent. */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
}

/**
 * Reads a Replaces value (`call-id;to-tag=…;from-tag=…`), or a Refer-To value whose URI carries one, escaped, as
 * `<sip:…?Replaces=call-id%3Bto-tag%3D…>`; undefined when there is none. The tags of Refer-To are the transferor's view,
 * and stand as they are written.
 */
export function parseReplaces(value: string): Replaces | undefined {
  const embedded = embeddedReplaces(value);
  const text = embedded ?? value.trim();
  // A Refer-To of a blind transfer is no Replaces value, though it has no "?Replaces=" either.
  if (embedded === undefined && (text.startsWith('<') || text.startsWith('"') || /^(?:sips?|tel):/i.test(text))) {
    return undefined;
  }
  const [callId = '', ...params] = text.split(';').map((part) => part.trim());
  if (callId === '') return undefined;
  let toTag = '';
  let fromTag = '';
  for (const param of params) {
    const equals = param.indexOf('=');
    if (equals < 0) continue;
    const name = param.slice(0, equals).trim().toLowerCase();
    if (name === 'to-tag') toTag ||= param.slice(equals + 1).trim();
    else if (name === 'from-tag') fromTag ||= param.slice(equals + 1).trim();
  }
  return { callId, toTag, fromTag };
}

/** The decoded Replaces among the headers of a URI (RFC 3261 §19.1.1), or undefined. */
function embeddedReplaces(value: string): string | undefined {
  const question = value.indexOf('?');
  if (question < 0) return undefined;
  const close = value.indexOf('>', question);
  for (const header of value.slice(question + 1, close < 0 ? undefined : close).split('&')) {
    const equals = header.indexOf('=');
    if (equals >= 0 && header.slice(0, equals).trim().toLowerCase() === 'replaces') {
      return decodeEscapes(header.slice(equals + 1)).trim();
    }
  }
  return undefined;
}
