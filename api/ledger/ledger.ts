import type { Static } from 'typebox';
import type { Ledger } from './schema.ts';

/** One value of a metric, with its labels. */
export interface Value {
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly value: number;
}

/** The values of each metric of {@link LEDGER_METRICS}, all of one moment; of one that this process does not have, none. */
export type Values = ReadonlyMap<string, readonly Value[]>;

type Answer = Static<typeof Ledger>;
type Stage = Answer['stages'][number];
type Counted = Stage['lost'];

export const LEDGER_METRICS = [
  ...['calltrail_received_total', 'calltrail_rejected_total', 'calltrail_lost_total', 'calltrail_offered_total'],
  ...['calltrail_bus_taken_total', 'calltrail_bus_stored_total', 'calltrail_bus_waiting_events'],
  ...['calltrail_bus_writing_events', 'calltrail_journal_recovered_total', 'calltrail_kafka_sent_events_total'],
  ...['calltrail_kafka_stored_events_total', 'calltrail_kafka_waiting_events', 'calltrail_kafka_lag_messages'],
  'calltrail_stored_rows_total',
] as const;

type Name = (typeof LEDGER_METRICS)[number];

/**
 * What came in at each stage since this process began, and what became of it: passed on, waiting, or lost with the reason. A
 * stage balances when these are equal; one of which the other side is in another process has no such sum.
 */
export function ledgerOf(values: Values): Answer {
  const all = (name: Name): readonly Value[] => values.get(name) ?? [];
  const has = (name: Name): boolean => values.has(name);
  const sum = (name: Name): number => all(name).reduce((total, { value }) => total + value, 0);
  const lostAt = (stage: string): Counted =>
    reasons(all('calltrail_lost_total').filter(({ labels }) => labels.stage === stage));

  const stages: Stage[] = [];
  if (has('calltrail_offered_total')) {
    const lost = lostAt('bus');
    // Datagrams for which there was no room were not even handed on.
    const unoffered = countOf(lost.filter(({ reason }) => reason === 'full'));
    stages.push(
      balanced('sources', sum('calltrail_offered_total') + unoffered, {
        passed: sum('calltrail_bus_taken_total'),
        waiting: sum('calltrail_bus_writing_events'),
        lost,
      }),
    );
    stages.push(
      balanced('journal', sum('calltrail_bus_taken_total') + sum('calltrail_journal_recovered_total'), {
        passed: sum('calltrail_bus_stored_total'),
        waiting: sum('calltrail_bus_waiting_events') - sum('calltrail_bus_writing_events'),
        lost: lostAt('journal'),
      }),
    );
  }
  if (has('calltrail_kafka_sent_events_total')) {
    const lost = lostAt('kafka').filter(({ reason }) => reason === 'too_large');
    const passed = sum('calltrail_kafka_sent_events_total');
    stages.push(balanced('topic, written', sum('calltrail_bus_stored_total'), { passed, waiting: 0, lost }));
  }
  if (has('calltrail_kafka_stored_events_total')) {
    const lost = lostAt('kafka').filter(({ reason }) => reason !== 'too_large');
    const [passed, waiting] = [sum('calltrail_kafka_stored_events_total'), sum('calltrail_kafka_waiting_events')];
    stages.push({ name: 'topic, read', in: null, passed, waiting, lost, difference: null });
  }
  const rows = sum('calltrail_stored_rows_total');
  stages.push({ name: 'store', in: null, passed: rows, waiting: 0, lost: lostAt('store'), difference: null });
  return {
    balances: stages.every(({ difference }) => difference === null || difference === 0),
    network: { lost: lostAt('kernel') },
    sources: sourcesOf(all('calltrail_received_total'), all('calltrail_rejected_total')),
    stages,
    lagMessages: has('calltrail_kafka_lag_messages') ? sum('calltrail_kafka_lag_messages') : null,
    tables: all('calltrail_stored_rows_total').map(({ labels, value }) => ({ table: text(labels.table), rows: value })),
  };
}

function balanced(
  name: string,
  into: number,
  { passed, waiting, lost }: Pick<Stage, 'passed' | 'waiting' | 'lost'>,
): Stage {
  return { name, in: into, passed, waiting, lost, difference: into - passed - waiting - countOf(lost) };
}

function sourcesOf(received: readonly Value[], rejected: readonly Value[]): Answer['sources'] {
  const names = new Set([...received, ...rejected].map(({ labels }) => text(labels.source)));
  const of = (all: readonly Value[], name: string): Value[] => all.filter(({ labels }) => labels.source === name);
  return [...names].sort().map((name) => ({
    name,
    received: of(received, name).map(({ labels, value }) => ({ kind: text(labels.kind), count: value })),
    rejected: reasons(of(rejected, name)),
  }));
}

function reasons(values: readonly Value[]): Counted {
  const counts = new Map<string, number>();
  for (const { labels, value } of values) {
    const reason = text(labels.reason);
    counts.set(reason, (counts.get(reason) ?? 0) + value);
  }
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => (a.reason < b.reason ? -1 : 1));
}

const countOf = (lost: Counted): number => lost.reduce((sum, { count }) => sum + count, 0);
const text = (label: string | number | undefined): string => String(label ?? '');
