import { mergeCopies, type SeenMessage } from '../../call/copies.ts';
import { type Reporter, reportersOf } from '../../media/reporters.ts';
import { PROTOCOL } from '../../model/capture-event.ts';
import type { CaseLeg } from '../case.ts';
import { citeMessage } from '../cite.ts';
import { capital, citeCounters, nameOf, partyOf, type Silenced, silencedIn, wasHeld } from '../leg-media.ts';
import type { Verdict } from '../verdict.ts';
import type { Rule } from './rule.ts';

/** One party is heard and the other is not: by the switch's counters of both legs, or by the reports of the two ends. */
export const oneWayAudio: Rule = (all) => [
  ...silencedIn(all).map(ofCounters),
  ...all.legs.flatMap((of) => ofReports(of)),
];

const TOLD = {
  id: 'one_way_audio',
  cause: 'media',
  refutedBy: 'RTP of the silent side in a capture at the switch: then the switch took it for something else.',
  next: 'Compare the address and port in the SDP of both sides with where RTP really comes from; look at NAT, firewall and the mute key.',
} as const;

function ofCounters({ silent, other, nothing }: Silenced): Verdict {
  const { inMedia, outMedia } = silent.counters;
  const [whom, by] = [nameOf(silent.of), nameOf(other.of)];
  return {
    ...TOLD,
    leg: silent.of.leg.id,
    sentence:
      `${capital(by)} heard ${nothing ? 'nothing' : 'almost nothing'} of ${whom}: in ${Math.round(silent.talkSeconds)} s ${inMedia} audio packets came from ` +
      `${whom}, while ${other.counters.inMedia} came from ${by} and ${outMedia} went out to ${whom}.`,
    side: partyOf(silent.of),
    confidence: nothing ? 0.9 : 0.7,
    evidence: [...citeCounters(silent), ...citeCounters(other)],
    checked: [
      'No hold (sendonly, recvonly, inactive), no fax and no media past the switch was agreed on, on either leg.',
      'No comfort noise came instead of speech.',
    ],
  };
}

/** As many packets are some seconds of speech. */
const LEAST_PACKETS = 150;
const LEAST_REPORTS = 2;

/** Of a leg with two ends that report: one says of nobody that it hears him, while the other one sends and hears. */
function ofReports(of: CaseLeg): Verdict[] {
  const [a, b, ...more] = reportersOf(mergeCopies(of.reports.filter(({ protocol }) => protocol === PROTOCOL.rtcp)));
  if (a === undefined || b === undefined || more.length > 0 || wasHeld(of)) return [];
  return [
    [a, b],
    [b, a],
  ].flatMap(([deaf, speaking]) => (deaf === undefined || speaking === undefined ? [] : deafTo(of, deaf, speaking)));
}

function deafTo(of: CaseLeg, deaf: Reporter, speaking: Reporter): Verdict[] {
  const sent = speaking.reports.map(({ report }) => report.sent?.packets ?? 0).filter((packets) => packets > 0);
  const packets = (sent.at(-1) ?? 0) - (sent[0] ?? 0);
  const hears = speaking.reports.some(({ heard }) => heard.some(({ expected }) => (expected ?? 0) > 0));
  const isDeaf = deaf.reports.length >= LEAST_REPORTS && deaf.reports.every(({ heard }) => heard.length === 0);
  if (!isDeaf || !hears || packets < LEAST_PACKETS) return [];
  const cited = (reporter: Reporter, says: string) =>
    reporter.reports.flatMap(({ seen }: { readonly seen: SeenMessage }) => citeMessage(seen, says));
  return [
    {
      ...TOLD,
      leg: of.leg.id,
      sentence:
        `${deaf.address} heard nothing: none of its ${deaf.reports.length} RTCP reports tells of a source that it hears, ` +
        `while ${speaking.address} reports ${packets} packets sent in the same time and hears the other side.`,
      side: 'network',
      confidence: 0.8,
      evidence: [
        ...cited(deaf, 'RTCP report of nobody heard'),
        ...cited(speaking, 'RTCP report of one who sends and hears'),
      ],
      checked: ['No hold (sendonly, recvonly, inactive) was agreed on, and nobody else reported on this leg.'],
    },
  ];
}
