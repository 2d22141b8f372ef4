import { type Line, linesOf, type Plan } from './lines.ts';
import { type Stream, streamsOf } from './streams.ts';
import type { Fresh } from './tail-fresh.ts';

/** One frame as Loki writes it. */
export interface TailFrame {
  readonly streams: readonly Stream[];
  readonly dropped_entries: readonly DroppedEntry[] | null;
}

export interface DroppedEntry {
  readonly labels: Readonly<Record<string, string>>;
  readonly timestamp: string;
}

/** Where frames go. */
export interface TailOutlet {
  /** Bytes that were sent off and not taken yet. */
  pending(): number;
  send(frame: TailFrame): void;
}

/** Who listens: it is sent what it takes, and told of what it did not. */
export interface TailClient {
  /** Labels what is new and sends it. */
  take(plan: Plan, fresh: Fresh): Promise<void>;
  /** @param more lines were dropped that are not among those */
  show(lines: readonly Line[], dropped: readonly Line[], more: boolean): void;
}

/** A client with this much on its way is slow: until it has taken some of that it is sent nothing at all. */
const MAX_PENDING = 1_000_000;
/** Dropped lines that are told one by one. */
const MAX_TOLD = 100;

export function createTailClient(outlet: TailOutlet): TailClient {
  /** Dropped lines that the client was not told of yet. */
  let untold: DroppedEntry[] = [];
  let isAnyUntold = false;

  const drop = (lines: readonly Line[]): void => {
    isAnyUntold ||= lines.length > 0;
    for (const { atUs, stream } of lines.slice(0, MAX_TOLD - untold.length)) {
      untold.push({ labels: stream, timestamp: `${atUs}000` });
    }
  };
  const isSlow = (): boolean => outlet.pending() > MAX_PENDING;

  const show: TailClient['show'] = (lines, dropped, more) => {
    drop(dropped);
    isAnyUntold ||= more;
    if (isSlow()) return drop(lines);
    if (lines.length === 0 && !isAnyUntold) return;
    outlet.send({ streams: streamsOf(lines, false), dropped_entries: isAnyUntold ? untold : null });
    untold = [];
    isAnyUntold = false;
  };

  return {
    show,
    async take(plan, { rows, dropped, more }) {
      const told = isSlow() ? rows.slice(0, MAX_TOLD) : rows;
      const lines = rows.length === 0 ? [] : await linesOf(plan, told);
      const lost = dropped.length === 0 ? [] : await linesOf(plan, dropped.slice(0, MAX_TOLD));
      show(lines, lost, more || told.length < rows.length);
    },
  };
}
