import type { HepConfig } from '../../core/config/config.ts';
import { createBlocks, parseCidr } from '../../core/runtime/cidr.ts';
import { createRate, type Rate } from './rate.ts';

/** Who may send, and how much. Plain data: the thread that receives gets a copy. */
export type DoorRules = Pick<HepConfig, 'allow' | 'key' | 'maxPerSender' | 'unknown'>;

/** Senders whose rules are remembered; of more, those that came first are looked up again. */
const MAX_REMEMBERED = 4096;

/** What holds for one address. */
export interface Sender {
  /** False for one that is not in the allow list. */
  readonly isKnown: boolean;
  /** What its packets must carry in chunk 0x0e; undefined when they need no key. */
  readonly key: Buffer | undefined;
  /** Shared by all that come from the address. */
  readonly rate: Rate | undefined;
}

/** Decides who is let in, by address. */
export interface Door {
  of(host: string): Sender;
  /** Packets of strangers are kept as unreadable ones, a few a minute. */
  keepsStrangers(): boolean;
  /** Holds from the next packet on. */
  change(rules: DoorRules): void;
}

export function createDoor(first: DoorRules): Door {
  const remembered = new Map<string, Sender>();
  let rules = first;
  let lookUp = lookUpIn(first);
  return {
    of(host) {
      const known = remembered.get(host);
      if (known !== undefined) return known;
      const sender = lookUp(host);
      if (remembered.size >= MAX_REMEMBERED) {
        for (const oldest of remembered.keys()) {
          remembered.delete(oldest);
          break;
        }
      }
      remembered.set(host, sender);
      return sender;
    },
    keepsStrangers: () => rules.unknown === 'quarantine',
    change(next) {
      rules = next;
      lookUp = lookUpIn(next);
      remembered.clear();
    },
  };
}

/** The first entry that an address lies in counts. */
function lookUpIn({ allow, key, maxPerSender }: DoorRules): (host: string) => Sender {
  const senderWith = (own: string | undefined, perSecond: number | undefined): Sender => ({
    isKnown: true,
    key: own === undefined ? undefined : Buffer.from(own),
    rate: perSecond === undefined ? undefined : createRate(perSecond),
  });
  if (allow === undefined) return () => senderWith(key, maxPerSender);
  const entries = allow.map((entry) => {
    const block = parseCidr(entry.address);
    if (block === undefined) throw new RangeError(`"${entry.address}" is no address block`);
    return { ...entry, holds: createBlocks([block]) };
  });
  return (host) => {
    const entry = entries.find(({ holds }) => holds(host));
    if (entry === undefined) return { isKnown: false, key: undefined, rate: undefined };
    return senderWith(entry.key ?? key, entry.maxPerSecond ?? maxPerSender);
  };
}
