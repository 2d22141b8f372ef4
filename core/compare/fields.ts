import type { SeenMessage } from '../call/copies.ts';
import { codecOf } from '../message/codec.ts';
import type { SdpMedia } from '../message/sdp-media.ts';
import { isPrivate } from '../model/private-address.ts';
import { mediaIn } from '../sip/media-in.ts';
import type { Quiet } from './noise.ts';

/** A part of a message under a name, without noise. */
export type Fields = ReadonlyMap<string, string>;

/** Headers whose values two calls may be compared by, as RFC 3261 and its extensions name them. */
const HEADERS = [
  ...['From', 'To', 'Contact', 'User-Agent', 'Server', 'Allow', 'Supported', 'Require', 'Unsupported', 'Reason'],
  ...['Warning', 'Retry-After', 'Session-Expires', 'Min-SE', 'Content-Type', 'P-Asserted-Identity', 'Privacy'],
  ...['Remote-Party-ID', 'Diversion', 'History-Info', 'Refer-To', 'Referred-By', 'Replaces', 'Event', 'Expires'],
  ...['Call-Info', 'Alert-Info', 'P-Early-Media', 'Identity'],
] as const;
/** Of these it counts that they are there, and how many: what they hold is new in every call. */
const COUNTED = ['Via', 'Record-Route', 'Route', 'Authorization', 'Proxy-Authorization'] as const;

/** A datagram that does not fit into one frame may be lost as a whole (RFC 3261 §18.1.1). */
const LARGE = 1300;

export function fieldsOf({ message }: SeenMessage, quiet: Quiet): Fields {
  const { sip, payload, transport } = message;
  const fields = new Map<string, string>();
  const note = (name: string, value: string): void => {
    if (value !== '') fields.set(name, value);
  };
  note('transport', transport);
  note('size', payload.length > LARGE && transport === 'udp' ? `more than ${LARGE} bytes` : '');
  if (sip.request) note('Request-URI', quiet.text(sip.uri));
  else note('reason phrase', quiet.text(sip.phrase));
  for (const name of HEADERS) note(name, sip.header(name).map(quiet.text).join(', '));
  for (const name of COUNTED) {
    const count = sip.header(name).flatMap((value) => value.split(/,(?=\s*(?:<|SIP\s*\/))/i)).length;
    note(name, count === 0 ? '' : String(count));
  }
  for (const [i, media] of mediaIn(sip, payload).entries()) noteMedia(`SDP ${media.type} ${i + 1}`, media, quiet, note);
  return fields;
}

function noteMedia(name: string, media: SdpMedia, quiet: Quiet, note: (name: string, value: string) => void): void {
  note(`${name} codecs`, media.formats.map((one) => codecOf(one).name || one.id).join(' '));
  note(`${name} profile`, media.port === 0 ? 'refused' : media.proto);
  note(`${name} direction`, media.direction);
  note(`${name} address`, media.address === '' ? '' : addressOf(media.address, quiet));
  note(`${name} ptime`, media.ptime === 0 ? '' : String(media.ptime));
  note(`${name} encryption`, media.crypto ? 'SDES' : media.fingerprint ? 'DTLS' : '');
}

/** A phone's own address is a place of the call; that of a media relay is none, and whether it is private is what matters. */
const addressOf = (address: string, quiet: Quiet): string =>
  `${quiet.text(address)}${isPrivate(address) ? ' (private)' : ''}`;
