import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

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
  /** Secrets that were overwritten before anything was kept, by kind (collector/scrub/secret.ts). */
  scrubbed(kind: string, count?: number): void;
  /** Events given up for want of room or time: `stage` is "kernel", "bus" or "store". */
  lost(stage: string, reason: string, count?: number): void;
  /** Rows that the store confirmed. */
  stored(table: string, rows: number): void;
  /** Calls that the linker labelled, again and again as they go on. */
  linked(calls: number): void;
  /** How long rows waited from their arrival until the store confirmed them; seconds, the longest of a batch. */
  storedAfter(seconds: number): void;
  /** How long the oldest thing waits that the linker has not put together yet; asked for at each scrape. */
  linkerLag(seconds: () => number): void;
  /** How far a sensor's clock was ahead of ours when its last packets arrived; seconds. */
  clockOffset(sensor: string, seconds: number): void;
  /** A stretch in which a switch could not be heard. */
  gap(node: string, stream: string, reason: string): void;
  /** 1 when the source works, else 0. */
  sourceUp(source: string, up: boolean): void;
  /** The source is no longer one of this process. */
  sourceGone(source: string): void;
  /** Connections that a listener holds, and how many it takes at most. */
  openConnections(source: string, open: number, most: number): void;
  /** A list of switches could not be read, or a switch in it not be named. */
  discoveryFailed(from: string, reason: string): void;
  /** Switches that a list leads to now. */
  discovered(from: string, nodes: number): void;
  /** A sender over its rate was made to wait. */
  throttled(source: string, sender: string): void;
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
  const scrubbed = new Counter({
    name: 'calltrail_scrubbed_total',
    help: 'Credentials, keys and pressed digits that were overwritten before anything was kept, by kind.',
    labelNames: ['kind'],
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
  const storedAfter = new Histogram({
    name: 'calltrail_store_lag_seconds',
    help: 'From the arrival of the oldest row of a batch until the store confirmed the batch.',
    buckets: [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
    registers,
  });
  let linkerLag = (): number => 0;
  new Gauge({
    name: 'calltrail_linker_lag_seconds',
    help: 'How long the oldest thing waits that the linker has not put together yet.',
    registers,
    collect() {
      this.set(linkerLag());
    },
  });
  const clock = new Gauge({
    name: 'calltrail_sender_clock_offset_seconds',
    help: "How far a sensor's clock was ahead of ours, network and queues included.",
    labelNames: ['sensor'],
    registers,
  });
  const gaps = new Counter({
    name: 'calltrail_gaps_total',
    help: 'Stretches in which a switch could not be heard.',
    labelNames: ['node', 'stream', 'reason'],
    registers,
  });
  const open = new Gauge({
    name: 'calltrail_open_connections',
    help: 'Connections that a listener holds.',
    labelNames: ['source'],
    registers,
  });
  const mostOpen = new Gauge({
    name: 'calltrail_open_connections_limit',
    help: 'Connections that a listener takes at most.',
    labelNames: ['source'],
    registers,
  });
  const throttled = new Counter({
    name: 'calltrail_throttled_total',
    help: 'How often a sender over its rate was made to wait.',
    labelNames: ['source', 'sender'],
    registers,
  });
  const discoveryFailures = new Counter({
    name: 'calltrail_discovery_failures_total',
    help: 'How often a list of switches could not be read, or a switch in it not be named.',
    labelNames: ['from', 'reason'],
    registers,
  });
  const discovered = new Gauge({
    name: 'calltrail_discovered_nodes',
    help: 'Switches that a list leads to.',
    labelNames: ['from'],
    registers,
  });
  const bounded = boundedNames();
  const boundedSensor = boundedNames();
  return {
    registry,
    received: (source, kind, count = 1) => received.inc({ source, kind }, count),
    rejected: (source, reason, sender, count = 1) => rejected.inc({ source, reason, sender: bounded(sender) }, count),
    damaged: (source, reason, sender, count = 1) => damaged.inc({ source, reason, sender: bounded(sender) }, count),
    scrubbed: (kind, count = 1) => scrubbed.inc({ kind }, count),
    lost: (stage, reason, count = 1) => lost.inc({ stage, reason }, count),
    stored: (table, rows) => stored.inc({ table }, rows),
    storedAfter: (seconds) => storedAfter.observe(seconds),
    linkerLag: (seconds) => {
      linkerLag = seconds;
    },
    clockOffset: (sensor, seconds) => clock.set({ sensor: boundedSensor(sensor) }, seconds),
    gap: (node, stream, reason) => gaps.inc({ node, stream, reason }),
    linked: (calls) => linked.inc(calls),
    sourceUp: (source, isUp) => up.set({ source }, isUp ? 1 : 0),
    sourceGone: (source) => up.remove({ source }),
    openConnections: (source, now, most) => {
      open.set({ source }, now);
      mostOpen.set({ source }, most);
    },
    discoveryFailed: (from, reason) => discoveryFailures.inc({ from, reason }),
    discovered: (from, nodes) => discovered.set({ from }, nodes),
    throttled: (source, sender) => throttled.inc({ source, sender: bounded(sender) }),
  };
}

/** The first names are kept, all others are "other". */
function boundedNames(): (name: string) => string {
  const names = new Set<string>();
  return (name) => {
    if (names.has(name)) return name;
    if (names.size >= MAX_SENDERS) return 'other';
    names.add(name);
    return name;
  };
}
