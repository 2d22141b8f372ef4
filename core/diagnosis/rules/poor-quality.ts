import { mergeCopies, type SeenMessage } from '../../call/copies.ts';
import { mosOf } from '../../media/e-model.ts';
import { type HeardInterval, reportersOf } from '../../media/reporters.ts';
import { jitterMsOf, lossPercentOf } from '../../media/rtcp.ts';
import { PROTOCOL } from '../../model/capture-event.ts';
import type { Case, CaseLeg } from '../case.ts';
import { citeMessage } from '../cite.ts';
import { agreedCodec, type CountedLeg, citeCounters, countedLeg, holdsOf, nameOf, partyOf } from '../leg-media.ts';
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
  readonly seen: SeenMessage;
  readonly lossPercent: number;
  readonly jitterMs: number | undefined;
  readonly roundTripMs: number | undefined;
  readonly mos: number | undefined;
}

interface Heard {
  readonly words: string;
  readonly evidence: readonly Cited[];
  readonly confidence: number;
}

/** Speech arrived damaged: by the RTCP reports of each direction, and by the switch's counters. */
export const poorQuality: Rule = (all: Case) => {
  const judged = all.legs.map((of) => ({ of, ...judge(of) }));
  const bad = judged.filter(({ found }) => found.length > 0);
  return bad.map(({ of, found }): Verdict => {
    const good = judged.filter((one) => one.of !== of && one.isJudged && one.found.length === 0);
    const alone = bad.length === 1 && good.length > 0;
    return {
      id: 'poor_quality',
      leg: of.leg.id,
      sentence: `Speech on the leg of ${nameOf(of)} arrived damaged: ${found.map(({ words }) => words).join('; ')}.`,
      cause: 'media',
      side: alone ? partyOf(of) : 'network',
      confidence: Math.max(...found.map(({ confidence }) => confidence)),
      evidence: found.flatMap(({ evidence }) => evidence),
      checked: [
        'Time on hold and intervals of fewer than 50 packets are not counted.',
        ...(alone ? [`The ${good.length === 1 ? 'other leg has' : 'other legs have'} no such figures.`] : []),
      ],
      refutedBy: 'Two captures, at both ends of this leg, with the same packets in them.',
      next: alone
        ? `Look at the access of ${nameOf(of)}: Wi-Fi, uplink, an overloaded router. The rest of the way is good.`
        : 'Compare the legs: what is bad on one of them alone is at that side; what is bad on all is at the switch or its network.',
    };
  });
};

function judge(of: CaseLeg): { readonly isJudged: boolean; readonly found: readonly Heard[] } {
  const codec = agreedCodec(of);
  const isHeldAt = holdsOf(of);
  const reporters = reportersOf(mergeCopies(of.reports.filter(({ protocol }) => protocol === PROTOCOL.rtcp)));
  const heard = reporters.map(({ address, reports }) => ({
    address,
    intervals: reports.flatMap(({ seen, heard: blocks }) =>
      isHeldAt(seen.atUs)
        ? []
        : blocks
            .filter(({ expected }) => (expected ?? 0) >= LEAST_EXPECTED)
            .map((block) => intervalOf(seen, block, codec)),
    ),
  }));
  const counted = countedLeg(of);
  const byCounters = counted === undefined || !isEnough(counted) ? [] : ofCounters(counted);
  return {
    isJudged: heard.some(({ intervals }) => intervals.length > 0) || (counted !== undefined && isEnough(counted)),
    found: [...heard.flatMap(({ address, intervals }) => ofIntervals(address, intervals)), ...byCounters],
  };
}

function intervalOf(
  seen: SeenMessage,
  { fractionLost, jitter, roundTripMs }: HeardInterval,
  { name, clockRate }: ReturnType<typeof agreedCodec>,
): Interval {
  const lossPercent = lossPercentOf(fractionLost);
  const jitterMs = clockRate === 0 ? undefined : jitterMsOf(jitter, clockRate);
  return {
    ...{ seen, lossPercent, jitterMs, roundTripMs },
    mos: jitterMs === undefined ? undefined : mosOf(name, lossPercent, jitterMs, roundTripMs ?? 0),
  };
}

const isBad = ({ lossPercent, jitterMs = 0, roundTripMs = 0, mos = 5 }: Interval): boolean =>
  lossPercent > WORST.lossPercent || jitterMs > WORST.jitterMs || roundTripMs > WORST.roundTripMs || mos < WORST.mos;

function ofIntervals(address: string, intervals: readonly Interval[]): Heard[] {
  const bad = intervals.filter(isBad);
  const least = Math.min(LEAST_BAD, intervals.length);
  if (bad.length === 0 || bad.length < least || bad.length < LEAST_SHARE * intervals.length) return [];
  const worst = (of: (one: Interval) => number | undefined): number => Math.max(...bad.map((one) => of(one) ?? 0));
  const mos = Math.min(...bad.map((one) => one.mos ?? 5));
  const [jitter, trip] = [worst((one) => one.jitterMs), worst((one) => one.roundTripMs)];
  const figures = [
    `loss ${worst((one) => one.lossPercent).toFixed(1)} %`,
    ...(jitter === 0 ? [] : [`jitter ${Math.round(jitter)} ms`]),
    ...(trip === 0 ? [] : [`round trip ${Math.round(trip)} ms`]),
    ...(mos === 5 ? [] : [`estimated MOS ${mos.toFixed(1)}`]),
  ];
  return [
    {
      words: `${address} reports at worst ${figures.join(', ')} (${bad.length} of ${intervals.length} intervals are bad)`,
      confidence: 0.9,
      evidence: bad.flatMap((one) => citeMessage(one.seen, `RTCP: ${one.lossPercent.toFixed(1)} % lost`)),
    },
  ];
}

const isEnough = ({ counters, mayPause }: CountedLeg): boolean => counters.inMedia >= LEAST_PACKETS && !mayPause;

function ofCounters(counted: CountedLeg): Heard[] {
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
