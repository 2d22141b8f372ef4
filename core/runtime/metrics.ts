import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** How many distinct senders one counter names before the rest count as "other": labels must not grow with the internet. */
const MAX_SENDERS = 256;

/** The pipeline's own counters. Each name and label is public: dashboards and alerts are built on them. */
export interface Metrics {
  readonly registry: Registry;
  /** Something readable came in. `source` is "hep-udp", "hep-tcp", "esl:fs1", …; `kind` is what it was. */
  received(source: string, kind: string, count?: number): void;
  /** Input that could not be used, by a fixed reason code and by sender ("host", without port). */
  rejected(source: string, reason: string, sender: string, count?: number): void;
  /** Input that was used although something of it was missing or wrong, counted besides `received`. */
  damaged(source: string, reason: string, sender: string, count?: number): void;
  /** Events given up for want of room or time: `stage` is "kernel", "bus" or "store". */
  lost(stage: string, reason: string, count?: number): void;
  /** Rows that the store confirmed. */
  stored(table: string, rows: number): void;
  /** Calls that the linker labelled, again and again as they go on. */
  linked(calls: number): void;
  /** 1 when the source works, else 0. */
  sourceUp(source: string, up: boolean): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const received = new Counter({
    name: 'calltrail_received_total',
    help: 'Things read from a source, by kind.',
    labelNames: ['source', 'kind'],
    registers,
  });
  const rejected = new Counter({
    name: 'calltrail_rejected_total',
    help: 'Input that could not be used, by reason and sender.',
    labelNames: ['source', 'reason', 'sender'],
    registers,
  });
  const damaged = new Counter({
    name: 'calltrail_damaged_total',
    help: 'Input that was used although damaged, by reason and sender.',
    labelNames: ['source', 'reason', 'sender'],
    registers,
  });
  const lost = new Counter({
    name: 'calltrail_lost_total',
    help: 'Events given up, by stage and reason.',
    labelNames: ['stage', 'reason'],
    registers,
  });
  const stored = new Counter({
    name: 'calltrail_stored_rows_total',
    help: 'Rows that the store confirmed.',
    labelNames: ['table'],
    registers,
  });
  const linked = new Counter({
    name: 'calltrail_linked_calls_total',
    help: 'Calls that the linker labelled; a call counts each time it is looked at again.',
    registers,
  });
  const up = new Gauge({
    name: 'calltrail_source_up',
    help: '1 when the source works.',
    labelNames: ['source'],
    registers,
  });
  const senders = new Set<string>();
  const bounded = (sender: string): string => {
    if (senders.has(sender)) return sender;
    if (senders.size >= MAX_SENDERS) return 'other';
    senders.add(sender);
    return sender;
  };
  return {
    registry,
    received: (source, kind, count = 1) => received.inc({ source, kind }, count),
    rejected: (source, reason, sender, count = 1) => rejected.inc({ source, reason, sender: bounded(sender) }, count),
    damaged: (source, reason, sender, count = 1) => damaged.inc({ source, reason, sender: bounded(sender) }, count),
    lost: (stage, reason, count = 1) => lost.inc({ stage, reason }, count),
    stored: (table, rows) => stored.inc({ table }, rows),
    linked: (calls) => linked.inc(calls),
    sourceUp: (source, isUp) => up.set({ source }, isUp ? 1 : 0),
  };
}
