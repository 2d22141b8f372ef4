import { readSdpText, type Sdp } from '../message/sdp.ts';
import { decodeText } from './text.ts';

/** Reads the SDP body in [start, end) as {@link readSdpText} does. */
export const readSdp = (bytes: Buffer, start = 0, end = bytes.length): Sdp =>
  readSdpText(decodeText(bytes, start, end));
