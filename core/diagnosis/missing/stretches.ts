import type { Case } from '../case.ts';
import { citeGap } from '../cite.ts';
import type { Cited } from '../verdict.ts';
import type { Missing } from './missing.ts';
import { type HeardFact, type Outage, outagesOf, THIRD_US } from './outages.ts';

/** Something that a source did not report: it happened between two moments. */
export interface Missed extends Pick<Missing, 'source' | 'stream' | 'sinceUs' | 'untilUs'> {
  readonly hops: readonly string[];
  readonly evidence: readonly Cited[];
  /** It lasted from the one to the other. */
  readonly whole?: boolean;
}

/** Times in which a source was not heard at all. */
export interface Stretches {
  /** Whether that was missed because its source was not heard then: if so it is told with the stretch. */
  explain(missed: Missed): boolean;
  told(): readonly Missing[];
}

/** So long after it came it is known who was heard. */
const WRITTEN_US = THIRD_US;

/** Of those who took part in a call: gaps that a source told of itself, and silence of those who are usually heard all the time. */
export function stretchesOf(all: Case, heard: readonly HeardFact[]): Stretches {
  const gaps = all.gaps.map(gapOf);
  const { startedUs, lastUs } = all.facts;
  const silences = outagesOf(heard, startedUs, Math.min(lastUs, all.nowUs - WRITTEN_US)).map((one) =>
    silenceOf(one, all),
  );
  const known = [
    ...gaps.map((missing) => ({ missing, slackUs: 0, hops: new Set<string>(), evidence: new Map<string, Cited>() })),
    ...silences
      .filter((silence) => !gaps.some((gap) => isOf(gap, silence) && covers(gap, silence)))
      // Silence begins within the twenty seconds in which something was heard last, and ends within those of the next.
      .map((missing) => ({ missing, slackUs: THIRD_US, hops: new Set<string>(), evidence: new Map<string, Cited>() })),
  ];
  return {
    explain(missed) {
      const own = known.find(({ missing, slackUs }) => isOf(missing, missed) && falls(missed, missing, slackUs));
      if (own === undefined) return false;
      for (const hop of missed.hops) own.hops.add(hop);
      for (const cited of missed.evidence) own.evidence.set(`${cited.table} ${cited.id}`, cited);
      return true;
    },
    told: () =>
      known.map(({ missing, hops, evidence }) => ({
        ...missing,
        hops: [...hops],
        evidence: [...missing.evidence, ...[...evidence.values()].sort((a, b) => a.atUs - b.atUs)],
      })),
  };
}

type Of = Pick<Missing, 'source' | 'stream'>;
const isOf = (a: Of, b: Of): boolean => a.source === b.source && a.stream === b.stream;

function falls({ sinceUs, untilUs, whole = false }: Missed, stretch: Missing, slackUs: number): boolean {
  const [from, to] = [stretch.sinceUs - slackUs, stretch.untilUs + slackUs];
  return whole ? sinceUs >= from && untilUs <= to : sinceUs <= to && untilUs >= from;
}

/** A connection that is silent is given up, and says so itself. */
const covers = (gap: Missing, silence: Missing): boolean =>
  gap.sinceUs <= silence.sinceUs + THIRD_US && gap.untilUs >= silence.untilUs - THIRD_US;

const gapOf = (gap: Case['gaps'][number]): Missing => ({
  ...{ id: 'stream_gap', source: gap.node, stream: gap.stream as Missing['stream'], legs: [], hops: [] },
  ...{ sinceUs: gap.sinceUs, untilUs: gap.untilUs },
  sentence: `The ${gap.stream} of ${gap.node} could not be heard for ${seconds(gap)} (${gap.reason}): what happened there in that time is not known.`,
  evidence: [citeGap(gap)],
});

const silenceOf = ({ kind, name, ...times }: Outage, { legs }: Case): Missing => ({
  id: kind === 'sensor' ? 'sensor_silent' : 'switch_silent',
  ...{ source: name, stream: kind === 'sensor' ? 'packets' : 'events', hops: [], ...times },
  legs:
    kind === 'sensor'
      ? []
      : legs.filter(({ leg }) => leg.channels.some(({ node }) => node === name)).map(({ leg }) => leg.id),
  sentence: `${kind === 'sensor' ? 'Sensor' : 'Switch'} ${name}, which is usually heard all the time, was not heard for ${seconds(times)} while the call lasted.`,
  evidence: [],
});

const seconds = ({ sinceUs, untilUs }: { sinceUs: number; untilUs: number }): string =>
  `${((untilUs - sinceUs) / 1e6).toFixed(1)} s`;
