import type { SdpFormat, SdpMedia } from './sdp-media.ts';
import { lookUp } from './values.ts';

export interface Codec {
  /** "PCMA"; "" for a payload type that says nothing of itself. */
  readonly name: string;
  /** Hz of the RTP clock; 0 when unknown. */
  readonly clockRate: number;
}

/** Payload types that need no rtpmap (RFC 3551 §6), of those that telephones use. */
const STATIC: Readonly<Record<string, Codec>> = {
  0: { name: 'PCMU', clockRate: 8000 },
  3: { name: 'GSM', clockRate: 8000 },
  4: { name: 'G723', clockRate: 8000 },
  8: { name: 'PCMA', clockRate: 8000 },
  9: { name: 'G722', clockRate: 8000 },
  13: { name: 'CN', clockRate: 8000 },
  15: { name: 'G728', clockRate: 8000 },
  18: { name: 'G729', clockRate: 8000 },
};

const NONE: Codec = { name: '', clockRate: 0 };

export const codecOf = ({ id, codec, clockRate }: SdpFormat): Codec =>
  codec === '' ? (lookUp(STATIC, id) ?? NONE) : { name: codec, clockRate };

/** Digits and comfort noise go beside the speech and are none. */
const BESIDE = /^(?:telephone-event|CN)$/i;

/** The first format that carries the media itself. */
export const spokenCodecOf = ({ formats }: SdpMedia): Codec =>
  formats.map(codecOf).find(({ name }) => name !== '' && !BESIDE.test(name)) ?? NONE;
