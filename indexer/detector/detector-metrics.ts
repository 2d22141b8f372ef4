import { Counter, Gauge, type Registry } from 'prom-client';
import type { FindingKind, FindingState } from '../../core/detect/finding.ts';
import { type SeenMinute, seenBetween } from '../../core/detect/recent.ts';
import type { Knowledge } from './knowledge.ts';
import type { Series } from './series.ts';

const KINDS: readonly FindingKind[] = ['failures', 'vanished', 'blind'];
const STATES: readonly FindingState[] = ['opened', 'closed', 'accepted'];
const TESTS = ['slow', 'fast', 'vanished'] as const;
const SERIES = ['dimension', 'series'] as const;

/** What is known now. */
export type Now = () => Knowledge;

export interface DetectorMetrics {
  found(kind: string, state: string): void;
}

/** The detector's own metrics: of as many series as it watches. Every name and label is public: docs/alerts.md lists them. */
export function createDetectorMetrics(
  registry: Registry,
  now: Now,
  scale: number,
  lagSeconds: () => number,
): DetectorMetrics {
  const registers = [registry];
  const labelsOf = ({ dimension, name }: Pick<Series, 'dimension' | 'name'>) => ({ dimension, series: name });
  const all = (): Series[] => [...now().series.values()];

  /** A gauge that says of each series what is so now, and nothing of those that are gone. */
  const gauge = (name: string, help: string, extra: readonly string[], set: (to: Put) => void): void => {
    new Gauge<string>({
      ...{ name, help, labelNames: [...extra, ...SERIES], registers },
      collect() {
        this.reset();
        set((labels, value) => this.set(labels, value));
      },
    });
  };

  gauge('calltrail_alert_open', '1 while an alert is open, by the series that opened it.', ['kind'], (set) => {
    for (const one of all()) for (const kind of KINDS) set({ kind, ...labelsOf(one) }, 0);
    for (const { state, kind, series } of now().incidents) {
      const first = firstOf(series);
      if (state === 'open' && first !== undefined) set({ kind, ...labelsOf(first) }, 1);
    }
  });
  // The sums of open alerts, under the same labels.
  for (const [name, field, help] of [
    ['calltrail_alert_failed', 'failed', 'Attempts that failed since an open alert began.'],
    ['calltrail_alert_attempts', 'attempts', 'Attempts since an open alert began.'],
    [
      'calltrail_alert_expected_failed',
      'expectedFailed',
      'Attempts that were expected to fail since an open alert began.',
    ],
    ['calltrail_alert_expected_attempts', 'expectedAttempts', 'Attempts that were expected since an open alert began.'],
  ] as const) {
    gauge(name, help, ['kind'], (set) => {
      for (const { state, kind, series } of now().incidents) {
        const first = firstOf(series);
        if (state === 'open' && first !== undefined) set({ kind, ...labelsOf(first) }, first[field]);
      }
    });
  }
  for (const [name, help, value] of [
    ['calltrail_detector_attempts', 'Attempts of the last judged minute.', (one) => one.attempts],
    ['calltrail_detector_failed', 'Attempts of the last judged minute that failed.', (one) => one.failed],
    ['calltrail_detector_expected_attempts', 'Attempts that were expected of it.', (one) => one.expectedAttempts],
    [
      'calltrail_detector_expected_failed',
      'Of the attempts of the last judged minute those that were expected to fail.',
      (one) => one.attempts * one.expectedRatio,
    ],
  ] as const satisfies readonly (readonly [string, string, (one: Last) => number])[]) {
    gauge(name, help, [], (set) => {
      for (const one of all()) set(labelsOf(one), value(lastOf(one)));
    });
  }
  gauge('calltrail_detector_blind', '1 when nothing could be said of the last minute.', [], (set) => {
    for (const one of all()) set(labelsOf(one), one.state.blindSince >= 0 ? 1 : 0);
  });
  gauge('calltrail_detector_score', 'Log-likelihood ratios after the last judged minute, in nats.', ['test'], (set) => {
    for (const one of all()) for (const test of TESTS) set({ test, ...labelsOf(one) }, one.state.scores[test]);
  });
  gauge('calltrail_detector_threshold', 'Scores at which an alert opens.', ['test'], (set) => {
    for (const one of all())
      for (const test of TESTS) set({ test, ...labelsOf(one) }, scale * one.state.thresholds[test]);
  });
  new Gauge({
    name: 'calltrail_detector_lag_seconds',
    help: 'Since the end of the last judged minute: one to two minutes when all is well.',
    registers,
    collect() {
      this.set(lagSeconds());
    },
  });
  const findings = new Counter({
    ...{ name: 'calltrail_detector_findings_total', help: 'Findings of single series.', registers },
    labelNames: ['kind', 'state'],
  });
  for (const kind of KINDS) for (const state of STATES) findings.inc({ kind, state }, 0);
  return { found: (kind, state) => findings.inc({ kind, state }) };
}

type Put = (labels: Readonly<Record<string, string>>, value: number) => void;
type Last = Pick<SeenMinute, 'attempts' | 'failed' | 'expectedAttempts' | 'expectedRatio'>;
const NONE: Last = { attempts: 0, failed: 0, expectedAttempts: 0, expectedRatio: 0 };
const lastOf = ({ state }: Series): Last => seenBetween(state.recent, state.lastMinute, state.lastMinute)[0] ?? NONE;

/** Who opened it: whoever joins later changes nothing for a pager that has rung already. */
const firstOf = <T extends { readonly opened: number }>(series: readonly T[]): T | undefined =>
  series.reduce<T | undefined>(
    (first, one) => (first === undefined || one.opened < first.opened ? one : first),
    undefined,
  );
