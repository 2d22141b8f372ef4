import type { SipMessage } from '../../core/sip/read.ts';

/** A value that a message carries along, and the rule that says so. */
export interface CarriedValue {
  readonly value: string;
  readonly why: 'site_header' | 'session_id' | 'icid' | 'user_to_user' | 'caller_is_uuid';
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** RFC 7989 §5: 32 hex digits; all zero while the other side is not known. */
const SESSION_UUID = /^[0-9a-f]{32}$/i;
const NO_SESSION = /^0+$/;
/** Shorter user data is a code that many calls share ("04", a campaign), not a name of this one. */
const MIN_USER_DATA = 16;

/**
 * Values by which a call can be known on legs that have nothing else in common: the headers that the site has named, a
 * session identifier (RFC 7989), the charging id of an IMS (RFC 7315, icid-value), user-to-user data (RFC 7433), and a
 * UUID in place of the caller's number, as some switches write for legs that they make themselves.
 */
export function* carriedValues(message: SipMessage, correlationHeaders: readonly string[]): Generator<CarriedValue> {
  for (const header of correlationHeaders) {
    for (const value of message.header(header)) if (value !== '') yield { value, why: 'site_header' };
  }
  for (const value of message.header('session-id')) {
    for (const part of value.split(/[;\s]+/, 8)) {
      const uuid = part.replace(/^remote=/i, '').toLowerCase();
      if (SESSION_UUID.test(uuid) && !NO_SESSION.test(uuid)) yield { value: uuid, why: 'session_id' };
    }
  }
  for (const value of message.header('p-charging-vector')) {
    const icid = /(?:^|[;\s])icid-value="?([^";\s]+)/i.exec(value)?.[1];
    if (icid !== undefined) yield { value: icid, why: 'icid' };
  }
  for (const value of message.header('user-to-user')) {
    const data = value.split(';', 1)[0]?.trim() ?? '';
    if (data.length >= MIN_USER_DATA) yield { value: data, why: 'user_to_user' };
  }
  if (UUID.test(message.from.user)) yield { value: message.from.user, why: 'caller_is_uuid' };
}
