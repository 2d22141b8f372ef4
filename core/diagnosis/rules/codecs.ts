import type { SeenMessage } from '../../call/copies.ts';
import { codecOf } from '../../message/codec.ts';
import type { Case } from '../case.ts';
import { citeLog } from '../cite.ts';
import { mediaOf } from '../leg-media.ts';
import { refusedEncryption } from './encryption.ts';
import { linesOf, refusalOf, refusesMedia } from './refusal/refusal.ts';
import type { Rule } from './rule.ts';

/** Offer and what the other side takes have no codec in common (RFC 3264 §6). */
export const codecMismatch: Rule = (all: Case) => {
  const refusal = refusalOf(all);
  if (refusal === undefined || !refusesMedia(refusal)) return [];
  const { leg, attempt, status, cause, hangups, by, evidence } = refusal;
  const [offer] = (attempt?.invite.hops ?? []).flatMap(({ requests }) => requests);
  const offered = offer === undefined ? [] : codecsOf(offer);
  if (refusedEncryption(refusal) !== undefined) return [];
  const lines = linesOf(refusal, /CODEC NEGOTIATION ERROR|no (matching|common) codec|Codec mismatch/i);
  return [
    {
      id: 'codec_mismatch',
      leg: leg.leg.id,
      sentence:
        `The offered media was refused (${[status || '', cause].filter((part) => part !== '').join(' ')})` +
        `${offered.length === 0 ? '' : `: ${offered.join(', ')} was offered`}.`,
      cause: 'negotiation',
      side: by,
      confidence: lines.length > 0 || hangups.length > 0 ? 0.95 : 0.85,
      evidence: [...evidence, ...lines.map(citeLog)],
      checked: ['No answer with SDP was seen on this leg.'],
      refutedBy:
        'An offer of the same codecs that the same side took: then ptime, SRTP or the media type was what it refused.',
      next: 'Compare the codecs, ptime and transport (RTP/AVP, RTP/SAVP) of the offer with what the refusing side allows.',
    },
  ];
};

/** "PCMA/8000" of every audio format; payload types without an rtpmap by their number. */
const codecsOf = (seen: SeenMessage): readonly string[] =>
  mediaOf(seen)
    .filter(({ type }) => type === 'audio')
    .flatMap(({ formats }) =>
      formats.map((format) => {
        const { name, clockRate } = codecOf(format);
        return name === '' ? format.id : `${name}/${clockRate}`;
      }),
    );
