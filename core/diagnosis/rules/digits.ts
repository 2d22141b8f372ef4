import type { SeenMessage } from '../../call/copies.ts';
import type { EventFact } from '../../call/read/facts.ts';
import { codecOf } from '../../message/codec.ts';
import { headerOf } from '../../model/capture-event.ts';
import type { Case, CaseLeg } from '../case.ts';
import { citeEvent, citeMessage } from '../cite.ts';
import { audioOf, capital, citeCounters, countedLeg, nameOf, type SeenAudio } from '../leg-media.ts';
import type { Verdict } from '../verdict.ts';
import type { Rule } from './rule.ts';

/** Keys that were pressed, or had to be, and could not arrive: refused as INFO, not agreed on as telephone-event, or sent twice. */
export const dtmfProblem: Rule = ({ legs }: Case) =>
  legs.flatMap((of) => [...refusedInfo(of), ...unheard(of), ...doubled(of)].slice(0, 1));

const isDigits = ({ message: { sip } }: SeenMessage): boolean => /^application\/dtmf/i.test(sip.contentType);

const TOLD = {
  id: 'dtmf_problem',
  cause: 'negotiation',
  next: 'Have both sides send keys in the same way: telephone-event (RFC 4733) in offer and answer, or INFO on both.',
} as const;

function refusedInfo(of: CaseLeg): Verdict[] {
  const refused = of.exchanges
    .filter(({ method, hops }) => method === 'INFO' && hops.some(({ requests }) => requests.some(isDigits)))
    .map(({ hops }) => ({
      requests: hops.flatMap(({ requests }) => requests),
      finals: hops.flatMap(({ finals }) => finals).filter(({ message }) => message.status >= 400),
    }))
    // Of a dialog that is over (481) no key is wanted any more.
    .filter(({ finals }) => finals.length > 0 && finals.every(({ message }) => message.status !== 481));
  const status = refused[0]?.finals[0]?.message.status;
  if (status === undefined) return [];
  return [
    {
      ...TOLD,
      leg: of.leg.id,
      sentence: `Keys were sent as INFO ${refused.length === 1 ? 'once' : `${refused.length} times`} and refused with ${status}.`,
      side: 'unknown',
      confidence: 0.9,
      evidence: refused.flatMap(({ requests, finals }) => [
        ...requests.flatMap((seen) => citeMessage(seen, 'a key as INFO')),
        ...finals.flatMap((seen) => citeMessage(seen)),
      ]),
      checked: ['The dialog was up: no 481 was among the refusals.'],
      refutedBy: 'The same keys in RTP as telephone-event as well: then the INFO is only one too many.',
    },
  ];
}

/** Applications of FreeSWITCH that wait for keys. */
const ASKS: ReadonlySet<string> = new Set(['play_and_get_digits', 'read', 'ivr']);
/** Those that listen for keys in the speech itself. */
const LISTENS = /^(?:spandsp_)?start_dtmf|^start_dtmf/;

const applicationOf = ({ name, headers }: EventFact): string =>
  name.startsWith('CHANNEL_EXECUTE') ? headerOf(headers, 'Application') : '';

function unheard(of: CaseLeg): Verdict[] {
  const asked = of.events.filter((event) => ASKS.has(applicationOf(event)));
  const counted = countedLeg(of);
  if (asked.length === 0 || counted === undefined || counted.counters.inDtmf > 0) return [];
  if (counted.counters.inMedia === 0 || of.events.some((event) => LISTENS.test(applicationOf(event)))) return [];
  if (of.events.some(({ name }) => name === 'DTMF') || of.messages.some(isDigits)) return [];
  const audio = audioOf(of);
  const answers = audio.filter(({ seen }) => seen.message.status >= 200 && seen.message.status < 300);
  if (answers.length === 0 || answers.some(hasEvents)) return [];
  const offered = audio.some((one) => one.seen.message.sip.request && hasEvents(one));
  const caller = nameOf(of);
  return [
    {
      ...TOLD,
      leg: of.leg.id,
      sentence:
        `${capital(caller)} was asked for keys and none came: ` +
        `${offered ? 'telephone-event was offered and not answered' : 'no telephone-event was offered'}, and none was sent as INFO.`,
      side: offered ? 'switch' : 'caller',
      confidence: 0.75,
      evidence: [
        ...asked.map((event) => citeEvent(event, 'Application')),
        ...answers.flatMap(({ seen }) => citeMessage(seen, 'answer without telephone-event')),
        ...citeCounters(counted),
      ],
      checked: [
        `Of the ${counted.counters.inMedia} packets that came none was a key, and speech was not listened to for tones.`,
      ],
      refutedBy: 'A caller who pressed nothing: ask, or call and press.',
    },
  ];
}

const hasEvents = ({ audio: { formats } }: SeenAudio): boolean =>
  formats.some((format) => /^telephone-event$/i.test(codecOf(format).name));

/** The switch heard the same key in RTP and as INFO: it counts twice. */
function doubled(of: CaseLeg): Verdict[] {
  const keys = of.events.filter(({ name }) => name === 'DTMF');
  const source = (event: EventFact): string => headerOf(event.headers, 'DTMF-Source').toUpperCase();
  const [info, rtp] = [keys.filter((key) => source(key) === 'INFO'), keys.filter((key) => source(key) === 'RTP')];
  if (info.length < 2 || rtp.length < 2) return [];
  return [
    {
      ...TOLD,
      leg: of.leg.id,
      sentence: `${capital(nameOf(of))} sends its keys in two ways: ${rtp.length} came in RTP and ${info.length} as INFO, so each may count twice.`,
      side: 'unknown',
      confidence: 0.7,
      evidence: [...info, ...rtp].map((event) => citeEvent(event, 'DTMF-Source')),
      checked: ['Both ways were used more than once.'],
      refutedBy: 'Keys that were pressed as often as both together.',
    },
  ];
}
