import { mergeCopies } from '../../call/copies.ts';
import {
  type Heard,
  jitterMsIn,
  missedPercentOf,
  opinionOf,
  type ReportFormat,
  USUAL_PACKETS_A_SECOND,
} from '../../media/heard.ts';
import { type Hearing, hearingsOf } from '../../media/hearings.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Case, CaseLeg } from '../case.ts';
import { citeMessage } from '../cite.ts';
import {
  agreedCodec,
  type CountedLeg,
  citeCounters,
  countedLeg,
  holdsOf,
  nameOf,
  partyOf,
  wasHeld,
} from '../leg-media.ts';
import type { Cited, Verdict } from '../verdict.ts';
import type { Rule } from './rule.ts';

/** What people begin to complain of. */
const WORST = { lossPercent: 3, jitterMs: 30, roundTripMs: 300, mos: 3.6 } as const;
/** Fewer packets say too little of a second. */
const LEAST_EXPECTED = 50;
/** FreeSWITCH counts packets without a flaw in percent and makes its MOS of it: 70 is where that says 3.6. */
const LEAST_QUALITY = 70;
const LEAST_PACKETS = 250;
/** One bad interval among good ones is a moment; so many are a call. */
const LEAST_BAD = 2;
const LEAST_SHARE = 0.1;

interface Interval {
  readonly hearing: Hearing;
  /** Lost on the way or thrown away by the jitter buffer. */
  readonly missedPercent: number | undefined;
  readonly jitterMs: number | undefined;
  readonly roundTripMs: number | undefined;
  readonly mos: number | undefined;
  /** The MOS is the reporter's own. */
  readonly said: boolean;
}

interface Found {
  readonly words: string;
  readonly evidence: readonly Cited[];
  readonly confidence: number;
}

/** Speech arrived damaged: by what reports say of each direction, and by the switch's counters. */
export const poorQuality: Rule = (all: Case) => {
  const judged = all.legs.map((of) => ({ of, ...judge(of) }));
  const bad = judged.filter(({ found }) => found.length > 0);
  return bad.map(({ of, found }): Verdict => {
    const good = judged.filter((one) => one.of !== of && one.isJudged && one.found.length === 0);
    const alone = bad.length === 1 && good.length > 0;
    return {
      id: 'poor_quality',
      leg: of.leg.id,
      sentence: `Speech on the leg of ${nameOf(of)} arrived damaged: ${wordsOf(found)}.`,
      cause: 'media',
      side: alone ? partyOf(of) : 'network',
      confidence: Math.max(...found.map(({ confidence }) => confidence)),
      evidence: found.flatMap(({ evidence }) => evidence),
      checked: [
        'Time on hold, a count of the whole call with a hold in it, and times of fewer than 50 packets are not counted.',
        ...(alone ? [`The ${good.length === 1 ? 'other leg has' : 'other legs have'} no such figures.`] : []),
      ],
      refutedBy: 'Two captures, at both ends of this leg, with the same packets in them.',
      next: alone
        ? `Look at the access of ${nameOf(of)}: Wi-Fi, uplink, an overloaded router. The rest of the way is good.`
        : 'Compare the legs: what is bad on one of them alone is at that side; what is bad on all is at the switch or its network.',
    };
  });
};

/** A leg has two ends, each with some ways to report; whoever makes up more is not quoted at length. */
const MAX_TOLD = 8;
const wordsOf = (found: readonly Found[]): string =>
  [
    ...found.slice(0, MAX_TOLD).map(({ words }) => words),
    ...(found.length > MAX_TOLD ? [`and ${found.length - MAX_TOLD} more say so`] : []),
  ].join('; ');

function judge(of: CaseLeg): { readonly isJudged: boolean; readonly found: readonly Found[] } {
  const codec = agreedCodec(of);
  const counts = countsOf(of);
  const heard = [...groupBy(hearingsOf(mergeCopies(of.reports)), groupOf).values()].map((hearings) =>
    hearings.filter(counts).map((hearing) => intervalOf(hearing, codec)),
  );
  const counted = countedLeg(of);
  const byCounters = counted === undefined || !isEnough(counted) ? [] : ofCounters(counted);
  return {
    isJudged: heard.some((intervals) => intervals.length > 0) || (counted !== undefined && isEnough(counted)),
    found: [...heard.flatMap(ofIntervals), ...byCounters],
  };
}

/** One reporter's word on one direction, of one kind: each is judged by itself. */
const groupOf = ({ heard: { format, by, of, span } }: Hearing): string => [format, by, of, span].join('\0');

/** Which hearings are of speech, and of enough of it. */
function countsOf(of: CaseLeg): (hearing: Hearing) => boolean {
  const isHeldAt = holdsOf(of);
  const held = wasHeld(of);
  const { answeredUs, endedUs } = of.leg;
  return ({ heard: { format, span, expected }, seen }) => {
    const atUs = seen[0]?.atUs ?? 0;
    if (span === 'whole' ? held : isHeldAt(atUs)) return false;
    // RTCP counts from its report before, and its first has none. Others need not say how many packets they are about.
    const all = format === 'rtcp' || answeredUs === undefined ? 0 : Math.min(atUs, endedUs ?? atUs) - answeredUs;
    return (expected ?? (all / 1_000_000) * USUAL_PACKETS_A_SECOND) >= LEAST_EXPECTED;
  };
}

function intervalOf(hearing: Hearing, codec: ReturnType<typeof agreedCodec>): Interval {
  const { figures } = hearing.heard;
  const opinion = opinionOf(figures, codec);
  return {
    ...{ hearing, missedPercent: missedPercentOf(figures), jitterMs: jitterMsIn(figures, codec.clockRate) },
    ...{ roundTripMs: figures.roundTripMs, mos: opinion?.mos, said: opinion?.said ?? false },
  };
}

const isBad = ({ missedPercent = 0, jitterMs = 0, roundTripMs = 0, mos = 5 }: Interval): boolean =>
  missedPercent > WORST.lossPercent || jitterMs > WORST.jitterMs || roundTripMs > WORST.roundTripMs || mos < WORST.mos;

const FORMATS: Readonly<Record<ReportFormat, string>> = { rtcp: 'RTCP', xr: 'RTCP-XR', vq: 'Quality report' };

function ofIntervals(intervals: readonly Interval[]): Found[] {
  const bad = intervals.filter(isBad);
  const least = Math.min(LEAST_BAD, intervals.length);
  const [first, last] = [bad[0], intervals.at(-1)];
  if (first === undefined || last === undefined) return [];
  if (bad.length < least || bad.length < LEAST_SHARE * intervals.length) return [];
  const { heard } = first.hearing;
  // The last count of all since the beginning has the earlier ones in it.
  if (heard.span === 'whole' && !isBad(last)) return [];
  const things = heard.span === 'whole' ? 'reports' : 'intervals';
  const share = `(${bad.length} of ${intervals.length} ${things} are bad)`;
  return [
    {
      words: `${reporterOf(heard)} reports at worst ${figuresOf(bad).join(', ')} ${share}`,
      confidence: 0.9,
      evidence: bad.flatMap((one) =>
        one.hearing.seen.flatMap((seen) =>
          citeMessage(seen, `${FORMATS[heard.format]}: ${figuresOf([one]).join(', ')}`),
        ),
      ),
    },
  ];
}

const reporterOf = ({ by, format }: Heard): string => (by === '' ? `a ${FORMATS[format].toLowerCase()}` : by);

function figuresOf(bad: readonly Interval[]): readonly string[] {
  const worst = (of: (one: Interval) => number | undefined): number => Math.max(...bad.map((one) => of(one) ?? 0));
  const [jitter, trip] = [worst((one) => one.jitterMs), worst((one) => one.roundTripMs)];
  const opinions = bad.filter(({ mos }) => mos !== undefined);
  const mos = Math.min(...opinions.map((one) => one.mos ?? 5));
  const isSaid = opinions.some((one) => one.said);
  return [
    ...(bad.every(({ missedPercent }) => missedPercent === undefined)
      ? []
      : [`loss ${worst((one) => one.missedPercent).toFixed(1)} %`]),
    ...(jitter === 0 ? [] : [`jitter ${Math.round(jitter)} ms`]),
    ...(trip === 0 ? [] : [`round trip ${Math.round(trip)} ms`]),
    ...(opinions.length === 0 ? [] : [`${isSaid ? '' : 'estimated '}MOS ${mos.toFixed(1)}`]),
  ];
}

const isEnough = ({ counters, mayPause }: CountedLeg): boolean => counters.inMedia >= LEAST_PACKETS && !mayPause;

function ofCounters(counted: CountedLeg): Found[] {
  const { quality } = counted.counters;
  if (quality === undefined || quality >= LEAST_QUALITY) return [];
  return [
    {
      words: `the switch found ${quality.toFixed(0)} % of the ${counted.counters.inMedia} packets that came to be without a flaw`,
      confidence: 0.75,
      evidence: citeCounters(counted),
    },
  ];
}
