import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../../runtime/metrics.ts';
import type { JournalLimits } from './limits.ts';
import type { Segments } from './segments.ts';

/** What the journal shows beside what every bus does. */
export function createJournalMetrics(
  metrics: Metrics | undefined,
  segments: Segments,
  { maxBytes }: JournalLimits,
  now: () => number,
) {
  if (metrics === undefined) return { recovered: (_events: number) => {} };
  const registers = [metrics.registry];
  new Gauge({
    name: 'calltrail_journal_bytes',
    help: 'What the journal takes on disk.',
    registers,
    collect() {
      this.set(segments.bytes());
    },
  });
  new Gauge({ name: 'calltrail_journal_max_bytes', help: 'How much it may take.', registers }).set(maxBytes);
  new Gauge({
    name: 'calltrail_journal_oldest_seconds',
    help: 'Age of its oldest file.',
    registers,
    collect() {
      this.set(Math.max(0, now() - (segments.oldestMs() ?? now())) / 1000);
    },
  });
  const recovered = new Counter({
    name: 'calltrail_journal_recovered_total',
    help: 'Events that an earlier process left in the journal.',
    registers,
  });
  return { recovered: (events: number) => recovered.inc(events) };
}
