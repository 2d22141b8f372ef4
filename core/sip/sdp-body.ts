import { type BodyRange, findSdpIn } from '../message/sdp-body.ts';

/** Finds the SDP in the body [start, end) as {@link findSdpIn} does; the answer counts bytes of the whole message. */
export function findSdp(bytes: Buffer, start: number, end: number, contentType: string): BodyRange | undefined {
  // A letter of Latin-1 is a byte, so places in the text are places in the bytes.
  const found = findSdpIn(bytes.toString('latin1', start, end), contentType);
  return found === undefined ? undefined : { start: start + found.start, end: start + found.end };
}
