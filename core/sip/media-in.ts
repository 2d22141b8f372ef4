import type { SdpMedia } from '../message/sdp-media.ts';
import type { SipMessage } from './read.ts';
import { readSdp } from './sdp.ts';
import { findSdp } from './sdp-body.ts';

/** What the SDP in a message says of media, also where it is one part of several (RFC 5621); none without SDP. */
export function mediaIn(
  { bodyStart, bodyEnd, contentType }: Pick<SipMessage, 'bodyStart' | 'bodyEnd' | 'contentType'>,
  payload: Buffer,
): readonly SdpMedia[] {
  const body = findSdp(payload, bodyStart, bodyEnd, contentType);
  return body === undefined ? [] : readSdp(payload, body.start, body.end).media;
}
