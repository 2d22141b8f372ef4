import type { RecordedFrame } from './esl-recording.ts';
import { createRandom, shuffled } from './random.ts';
import type { Recording } from './recording.ts';

export const ORDERS = ['recorded', 'shuffled'] as const;
export type Order = (typeof ORDERS)[number];

/** One thing to do, at the recording's own time (epoch ms). */
export type Step =
  | { readonly kind: 'packet'; readonly atMs: number; readonly tcp: boolean; readonly bytes: Buffer }
  | { readonly kind: 'frame'; readonly atMs: number; readonly node: string; readonly frame: RecordedFrame }
  /** The node closes its connections, and the product is to connect again before anything more of it is sent. */
  | { readonly kind: 'reconnect'; readonly atMs: number; readonly node: string };

export interface ScheduleOptions {
  /** "shuffled": packets, and the frames within each connection, in random order; the moments stay the recorded ones. */
  readonly order: Order;
  /** Everything once more after the end, each node on new connections. */
  readonly twice: boolean;
  readonly seed: number;
}

/** What to send when, in order of time. The same recording, options and seed give the same steps. */
export function scheduleOf(recording: Recording, { order, twice, seed }: ScheduleOptions): readonly Step[] {
  const random = createRandom(seed);
  const arrange = <T extends { readonly atMs: number }>(items: readonly T[]): readonly [number, T][] => {
    const arranged = order === 'shuffled' ? shuffled(items, random) : items;
    return items.map(({ atMs }, i) => [atMs, arranged[i] as T]);
  };
  const steps: Step[] = arrange(recording.hep).map(([atMs, { tcp, bytes }]) => ({ kind: 'packet', atMs, tcp, bytes }));
  const nodes = [...recording.esl, ...recording.ami];
  for (const { node, connections } of nodes) {
    for (const [index, frames] of connections.entries()) {
      // A switch says goodbye last, in any order: after it there is no connection left.
      const goodbyes = frames.filter(isGoodbye);
      const told = [...arrange(frames.filter((frame) => !isGoodbye(frame))), ...goodbyes.map(atItsTime)];
      if (index > 0) steps.push({ kind: 'reconnect', atMs: connections[index - 1]?.at(-1)?.atMs ?? 0, node });
      for (const [atMs, frame] of told) steps.push({ kind: 'frame', atMs, node, frame });
    }
  }
  // Stable: what came at the same millisecond stays in its order.
  steps.sort((a, b) => a.atMs - b.atMs);
  if (!twice) return steps;
  const lengthMs = recording.endMs - recording.startMs;
  const again = steps.map((step) => ({ ...step, atMs: step.atMs + lengthMs }));
  const between: Step[] = nodes.map(({ node }) => ({ kind: 'reconnect', atMs: recording.endMs, node }));
  return [...steps, ...between, ...again];
}

/** The event socket's and Asterisk's. */
const isGoodbye = ({ type }: RecordedFrame): boolean => type === 'text/disconnect-notice' || type === 'Shutdown';
const atItsTime = (frame: RecordedFrame): [number, RecordedFrame] => [frame.atMs, frame];
