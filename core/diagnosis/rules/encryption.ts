import type { LogFact } from '../../call/read/facts.ts';
import type { Case, CaseLeg } from '../case.ts';
import { causeIn, citeCause, citeLog, citeMessage } from '../cite.ts';
import { audioOf, citeCounters, mediaOf, nameOf, type SeenAudio, silencedIn } from '../leg-media.ts';
import type { Verdict } from '../verdict.ts';
import { linesOf, type Refusal, refusalOf, refusesMedia } from './refusal/refusal.ts';
import type { Rule } from './rule.ts';

/** One side wants the media encrypted and the other does not, or they have no way of it in common. */
export const encryptionMismatch: Rule = (all) => [...refusedOffer(all), ...unreadable(all), ...answeredOtherwise(all)];

const WORDS = /srtp|crypto|encrypt|savp|secure media|dtls/i;
/** What every telephone can: an offer with one of these is hardly refused for its codecs. */
const USUAL = /^(?:PCMU|PCMA|0|8)$/i;

const isSecure = ({ audio: { proto } }: SeenAudio): boolean => proto.includes('SAVP');

/** Why a refused offer was refused for its encryption; undefined where nothing says so. */
export function refusedEncryption(
  refusal: Refusal,
): { readonly confidence: number; readonly secure: boolean; readonly lines: readonly LogFact[] } | undefined {
  const { words, attempt } = refusal;
  if (!refusesMedia(refusal)) return undefined;
  const offer = attempt?.invite.hops.flatMap(({ requests }) => requests)[0];
  const media = offer === undefined ? [] : mediaOf(offer).filter(({ type }) => type === 'audio');
  const secure = media.length > 0 && media.every(({ proto }) => proto.includes('SAVP'));
  const lines = linesOf(refusal, /crypto|SRTP|DTLS/i).filter(({ text }) =>
    /fail|error|invalid|not negotiated|required|mismatch/i.test(text),
  );
  if (lines.length > 0 || WORDS.test(words)) return { confidence: 0.9, secure, lines };
  const usual = media.some(({ formats }) => formats.some(({ id, codec }) => USUAL.test(codec === '' ? id : codec)));
  return secure && usual ? { confidence: 0.65, secure, lines } : undefined;
}

const TOLD = {
  id: 'encryption_mismatch',
  cause: 'negotiation',
  next: 'Have both sides use the same: RTP/AVP, or RTP/SAVP with a=crypto (SDES), or UDP/TLS/RTP/SAVPF with a=fingerprint (DTLS).',
} as const;

function refusedOffer(all: Case): Verdict[] {
  const refusal = refusalOf(all);
  const why = refusal === undefined ? undefined : refusedEncryption(refusal);
  if (refusal === undefined || why === undefined) return [];
  const offers = (refusal.attempt?.invite.hops ?? []).flatMap(({ requests }) => requests);
  return [
    {
      ...TOLD,
      leg: refusal.leg.leg.id,
      sentence:
        `The offer of ${why.secure ? 'encrypted media alone (RTP/SAVP)' : 'media'} was refused` +
        `${refusal.status === 0 ? '' : ` with ${refusal.status}`}: ${
          why.secure ? 'the other side takes no such encryption' : 'the other side wants it encrypted in another way'
        }.`,
      side: refusal.by,
      confidence: why.confidence,
      evidence: [
        ...refusal.evidence,
        ...why.lines.map(citeLog),
        ...offers.flatMap((seen) => citeMessage(seen, 'the offer')),
      ],
      checked: ['The offer has codecs that every telephone takes, or the words of the refusal speak of encryption.'],
      refutedBy: 'The same codecs offered unencrypted (RTP/AVP) and refused as well: then the codecs were the reason.',
    },
  ];
}

/** The switch ended a call because it could not decrypt what came. */
function unreadable({ legs }: Case): Verdict[] {
  return legs.flatMap((of): Verdict[] => {
    const hangups = of.events.filter((event) => causeIn(event) === 'SRTP_READ_ERROR');
    if (hangups.length === 0) return [];
    return [
      {
        ...TOLD,
        leg: of.leg.id,
        sentence: `The switch could not decrypt the media of ${nameOf(of)} and ended the call (SRTP_READ_ERROR).`,
        side: 'unknown',
        confidence: 0.95,
        evidence: hangups.map(citeCause),
        checked: ['No BYE of either party came before.'],
        refutedBy: 'A re-INVITE with new keys just before the end: then its answer was lost, and the keys are right.',
      },
    ];
  });
}

/** Offer and answer do not agree on encryption (RFC 3264 §6: the answer has the transport of the offer), and nothing is heard. */
function answeredOtherwise(all: Case): Verdict[] {
  return silencedIn(all).flatMap((pair): Verdict[] => {
    const { silent, other } = pair;
    const mismatched = mismatchOf(silent.of);
    const [offer, answer] = [mismatched[0], mismatched[1]];
    if (offer === undefined || answer === undefined) return [];
    return [
      {
        ...TOLD,
        leg: silent.of.leg.id,
        sentence:
          `${offer.audio.proto} was offered and ${answer.audio.proto} answered, so only the ${isSecure(offer) ? 'offer' : 'answer'} is encrypted, ` +
          `and of ${nameOf(silent.of)} nothing was heard.`,
        side: 'unknown',
        confidence: 0.85,
        evidence: [
          ...mismatched.flatMap(({ seen, audio }) => citeMessage(seen, `SDP with ${audio.proto}`)),
          ...citeCounters(silent),
          ...citeCounters(other),
        ],
        checked: ['The other leg was heard, so media as such went through the switch.'],
        refutedBy: 'RTP of that side that the switch could read.',
      },
    ];
  });
}

/** The SDPs of offer and answer where one is encrypted and the other not, every hop and copy; first an offer, then an answer. */
function mismatchOf(of: CaseLeg): readonly SeenAudio[] {
  const audio = audioOf(of);
  const offer = audio.find(({ seen }) => seen.message.sip.request);
  const answer = audio.find(({ seen }) => !seen.message.sip.request);
  if (offer === undefined || answer === undefined || isSecure(offer) === isSecure(answer)) return [];
  const rest = audio.filter((one) => one !== offer && one !== answer);
  return [offer, answer, ...rest];
}
