import { isDeepStrictEqual } from 'node:util';
import type { FreeswitchNode } from '../../core/config/config.ts';

export interface Round {
  /** In order of their coming. */
  readonly nodes: readonly FreeswitchNode[];
  /** Names that a second address claims, while the first one is still listed. */
  readonly doubles: readonly string[];
}

/** Who belongs to a list, over time: lists flap, and a switch that leaves one may have calls for another hour. */
export interface Members {
  /** @param isUp whether a switch is connected now */
  round(listed: readonly FreeswitchNode[], nowMs: number, isUp: (name: string) => boolean): Round;
}

export interface MembersOptions {
  /** How long a switch may be absent from the list. */
  readonly goneMs: number;
  /** One that is absent and connected stays: a name server lists what takes new calls, a file what somebody wrote. */
  readonly keepsConnected: boolean;
}

interface Member {
  readonly node: FreeswitchNode;
  /** When it was listed last, or connected where that counts. */
  readonly seenMs: number;
}

/** @param known who belonged to it before, as of `nowMs` */
export function createMembers(
  { goneMs, keepsConnected }: MembersOptions,
  known: readonly FreeswitchNode[] = [],
  nowMs = 0,
): Members {
  let members = new Map(known.map((node) => [node.name, { node, seenMs: nowMs }] as [string, Member]));
  return {
    round(listed, nowMs, isUp) {
      const byAddress = new Map(listed.map((node) => [addressOf(node), node.name]));
      const doubles: string[] = [];
      const next = new Map<string, Member>();
      for (const [name, { node, seenMs }] of members) {
        // Listed under its name, or the address is another switch's by now.
        if (byAddress.has(addressOf(node))) continue;
        if (keepsConnected && isUp(name)) next.set(name, { node, seenMs: nowMs });
        else if (nowMs - seenMs < goneMs) next.set(name, { node, seenMs });
      }
      for (const node of listed) {
        const { name } = node;
        const claimed = listed.filter((other) => other.name === name);
        if (claimed[0] !== node) continue;
        if (claimed.length > 1) doubles.push(name);
        next.set(name, { node: oneOf(claimed, members.get(name)?.node, isUp(name)), seenMs: nowMs });
      }
      members = inOrder(members, next);
      return { nodes: [...members.values()].map(({ node }) => node), doubles };
    },
  };
}

/** Of several addresses with one name the one that is connected; when none is, the next one is tried. */
function oneOf(claimed: readonly FreeswitchNode[], before: FreeswitchNode | undefined, isUp: boolean): FreeswitchNode {
  const at = claimed.findIndex((node) => before !== undefined && addressOf(node) === addressOf(before));
  const [first] = claimed;
  const chosen = at < 0 ? first : isUp ? claimed[at] : claimed[(at + 1) % claimed.length];
  if (chosen === undefined) throw new RangeError('no address claims the name');
  return before !== undefined && isDeepStrictEqual(before, chosen) ? before : chosen;
}

const addressOf = ({ host, port }: FreeswitchNode): string => `${host} ${port}`;

function inOrder(before: ReadonlyMap<string, Member>, now: ReadonlyMap<string, Member>): Map<string, Member> {
  const order = [...before.keys(), ...now.keys()];
  return new Map(
    order.flatMap((name) => {
      const member = now.get(name);
      return member === undefined ? [] : [[name, member] as const];
    }),
  );
}
