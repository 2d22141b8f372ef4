import { groupBy } from '../model/group-by.ts';
import type { MessageFact } from './read/messages.ts';

/** By sensor: how many µs its clock is ahead of the others'; sensors that are not named go with them. */
export type ClockOffsets = ReadonlyMap<string, number>;

/** Less is told apart from the way between two sensors by nobody. */
const DIFFERENCE_US = 100_000;
/** One message is compared between so many sensors at most: each pair of them is noted. */
const MOST_COPIES = 32;
/** Messages that two sensors must have seen both before their clocks are compared. */
const MIN_SHARED = 3;

/**
 * Compares the clocks of sensors by the messages that two of them have seen, each once. The one that saw most is believed,
 * and those that share no messages with it, nor with one that does, are left as they are.
 */
export function clockOffsets(messages: readonly MessageFact[]): ClockOffsets {
  const counts = new Map<string, number>();
  for (const { sensor } of messages) counts.set(sensor, (counts.get(sensor) ?? 0) + 1);
  const [reference] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([sensor]) => sensor);
  const offsets = new Map<string, number>();
  if (reference === undefined || counts.size < 2) return offsets;
  const differences = differencesOf(messages);
  const found = new Map([[reference, 0]]);
  const queue = [reference];
  for (let sensor = queue.shift(); sensor !== undefined; sensor = queue.shift()) {
    for (const [other, list] of differences.get(sensor) ?? []) {
      if (found.has(other) || list.length < MIN_SHARED) continue;
      found.set(other, (found.get(sensor) ?? 0) + medianOf(list));
      queue.push(other);
    }
  }
  for (const [sensor, offset] of found) if (Math.abs(offset) >= DIFFERENCE_US) offsets.set(sensor, offset);
  return offsets;
}

/** By sensor and other sensor: how much later the other one has stamped what both saw once. */
function differencesOf(messages: readonly MessageFact[]): Map<string, Map<string, number[]>> {
  const byContent = groupBy(messages, ({ callId, digest, protocol }) => `${callId}\0${digest}\0${protocol}`);
  const differences = new Map<string, Map<string, number[]>>();
  const note = (a: MessageFact, b: MessageFact): void => {
    const others = differences.get(a.sensor) ?? new Map<string, number[]>();
    differences.set(a.sensor, others);
    const list = others.get(b.sensor);
    if (list === undefined) others.set(b.sensor, [b.atUs - a.atUs]);
    else list.push(b.atUs - a.atUs);
  };
  for (const copies of byContent.values()) {
    if (copies.length === 1) continue;
    const once = onceOf(copies).slice(0, MOST_COPIES);
    for (const a of once) for (const b of once) if (a !== b) note(a, b);
  }
  return differences;
}

/** Those of sensors that have reported it once. Most that is seen twice was seen by two. */
function onceOf(copies: readonly MessageFact[]): readonly MessageFact[] {
  if (copies.length === 2) return copies[0]!.sensor === copies[1]!.sensor ? [] : copies;
  const bySensor = groupBy(copies, ({ sensor }) => sensor);
  return [...bySensor.values()].flatMap((own) => (own.length === 1 ? own : []));
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
