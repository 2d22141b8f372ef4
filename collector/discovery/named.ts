import type { FreeswitchNode, NodeDefaults } from '../../core/config/config.ts';
import type { Hostname } from '../esl/ask-hostname.ts';
import type { ListedNode } from './listed.ts';

export interface NamedDeps {
  readonly defaults: NodeDefaults;
  readonly ask: (node: NodeDefaults & { readonly host: string }) => Promise<Hostname>;
  /** Whether a switch is connected: then it is known to be at its address. */
  readonly isUp: (name: string) => boolean;
}

/** A switch that is listed and has no name. */
export interface Nameless {
  readonly address: string;
  /** The rest of a sentence that begins with the address. */
  readonly failure: string;
}

/** Gives every switch of a list its name: the list's own, or what the switch calls itself. */
export interface Named {
  of(listed: readonly ListedNode[]): Promise<{ nodes: readonly FreeswitchNode[]; nameless: readonly Nameless[] }>;
}

export function createNamed({ defaults, ask, isUp }: NamedDeps): Named {
  let known = new Map<string, string>();

  const nameOf = async (address: string, node: NodeDefaults & { readonly host: string }): Promise<Hostname> => {
    const before = known.get(address);
    if (before !== undefined && isUp(before)) return { name: before };
    const answer = await ask(node);
    // A switch that is away keeps its name; it is looked at again when it comes back.
    return 'failure' in answer && before !== undefined ? { name: before } : answer;
  };

  return {
    async of(listed) {
      const still = new Map<string, string>();
      const nodes: FreeswitchNode[] = [];
      const nameless: Nameless[] = [];
      const all = listed.map(async (one) => {
        const node = { ...defaults, ...one };
        if (node.name !== undefined) return { node, answer: { name: node.name } };
        const address = `${node.host}:${node.port}`;
        return { node, address, answer: await nameOf(address, node) };
      });
      for (const { node, address, answer } of await Promise.all(all)) {
        if ('failure' in answer) {
          nameless.push({ address: address ?? node.host, failure: answer.failure });
          continue;
        }
        const { name } = answer;
        if (address !== undefined) still.set(address, name);
        nodes.push({ ...node, name, ...(address === undefined ? {} : { hostname: name }) });
      }
      known = still;
      return { nodes, nameless };
    },
  };
}
