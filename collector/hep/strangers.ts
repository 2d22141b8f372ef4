import type { UnknownSender } from '../../core/runtime/unknown-sender.ts';

/** Most of them that are remembered; who was silent for longest is forgotten. Addresses of datagrams can be made up. */
const MAX_STRANGERS = 256;
const MAX_NAME = 128;

export type Sighting = Pick<UnknownSender, 'source' | 'address' | 'reason'>;
export type Described = Pick<UnknownSender, 'captureId' | 'name'>;

/** Whose packets are not taken, kept apart from everything that is. */
export interface Strangers {
  /** @param describe what he says of himself; asked for only when he is new */
  saw(sighting: Sighting, atMs: number, describe: () => Described): void;
  /** Takes over what another list has. */
  add(stranger: UnknownSender): void;
  /** Those seen last come first. */
  list(): readonly UnknownSender[];
  /** What is in the list, which is empty afterwards. */
  drain(): readonly UnknownSender[];
}

export function createStrangers(): Strangers {
  /** In the order in which they were seen last. */
  const known = new Map<string, UnknownSender>();
  const keep = (key: string, stranger: UnknownSender): void => {
    known.delete(key);
    known.set(key, stranger);
    if (known.size <= MAX_STRANGERS) return;
    for (const oldest of known.keys()) {
      known.delete(oldest);
      return;
    }
  };
  const keyOf = ({ source, address, reason }: Sighting): string => `${source} ${address} ${reason}`;
  const list = (): UnknownSender[] => [...known.values()].reverse();
  return {
    saw(sighting, atMs, describe) {
      const key = keyOf(sighting);
      const before = known.get(key);
      if (before !== undefined) {
        keep(key, { ...before, lastMs: atMs, count: before.count + 1 });
        return;
      }
      const { captureId, name } = describe();
      const shown = name.slice(0, MAX_NAME).toWellFormed();
      keep(key, { ...sighting, captureId, name: shown, firstMs: atMs, lastMs: atMs, count: 1 });
    },
    add(stranger) {
      const key = keyOf(stranger);
      const before = known.get(key);
      if (before === undefined) {
        keep(key, stranger);
        return;
      }
      const { captureId, name } = stranger.name === '' && stranger.captureId === 0 ? before : stranger;
      const count = before.count + stranger.count;
      keep(key, { ...before, captureId, name, lastMs: stranger.lastMs, count });
    },
    list,
    drain() {
      const all = [...known.values()];
      known.clear();
      return all;
    },
  };
}
