/**
 * A thread is what one leg has on the ladder: a colour and a letter. The letter is what tells legs apart; colours
 * repeat after eight and mean nothing to some readers.
 */
export interface Thread {
  /** Call-ID of the leg, or the channel UUID of a leg without one. */
  readonly id: string;
  /** "A" … "Z", "AA", … */
  readonly letter: string;
  /** 0–7 */
  readonly colour: number;
}

export interface Threads {
  readonly all: readonly Thread[];
  /** The thread of a Call-ID, channel UUID or leg id. */
  find(identifier: string | null): Thread | undefined;
}

interface LegNames {
  readonly id: string;
  readonly callId: string | null;
  readonly channels: readonly { readonly uuid: string }[];
}

interface StepNames {
  readonly callId: string | null;
  readonly channel: string | null;
}

export const COLOURS = 8;

/** Legs are lettered in their own order; identifiers that only steps know follow in order of appearance. */
export function threadsOf(legs: readonly LegNames[], steps: readonly StepNames[]): Threads {
  const all: Thread[] = [];
  const byName = new Map<string, Thread>();
  const add = (id: string): Thread => {
    const thread = { id, letter: letterOf(all.length), colour: all.length % COLOURS };
    all.push(thread);
    return thread;
  };
  const name = (identifier: string, thread: Thread): void => {
    if (!byName.has(identifier)) byName.set(identifier, thread);
  };

  for (const leg of legs) {
    const thread = byName.get(leg.id) ?? add(leg.id);
    name(leg.id, thread);
    if (leg.callId !== null) name(leg.callId, thread);
    for (const channel of leg.channels) name(channel.uuid, thread);
  }
  for (const { callId, channel } of steps) {
    const known = find(byName, callId) ?? find(byName, channel);
    const id = callId ?? channel;
    if (id === null) continue;
    const thread = known ?? add(id);
    if (callId !== null) name(callId, thread);
    if (channel !== null) name(channel, thread);
  }
  return { all, find: (identifier) => find(byName, identifier) };
}

function find(byName: ReadonlyMap<string, Thread>, identifier: string | null): Thread | undefined {
  return identifier === null ? undefined : byName.get(identifier);
}

/** Spreadsheet counting: 0 "A", 25 "Z", 26 "AA". */
export function letterOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last;
}
