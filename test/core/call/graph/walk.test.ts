import { describe, expect, it } from 'vitest';
import type { Neighbours } from '../../../../core/call/graph/neighbours.ts';
import { GUARDS, walk } from '../../../../core/call/graph/walk.ts';
import type { StoredEdge } from '../../../../core/call/read/edges.ts';
import type { EdgeKind, NodeKey } from '../../../../core/model/edge.ts';

const SECOND = 1_000_000;

type Shape = readonly [a: NodeKey, kind: EdgeKind, b: NodeKey, sinceS?: number, untilS?: number];

/** A graph in memory that answers as the store does: each edge from both its ends. */
function graph(...shapes: readonly Shape[]): Neighbours {
  const all: StoredEdge[] = shapes.flatMap(([a, kind, b, since = 0, until = since]) => {
    const rest = { kind, tier: 'switch' as const, why: 'test', sinceUs: since * SECOND, untilUs: until * SECOND };
    const evidence = { table: 'events' as const, id: `${a}${b}`, atUs: since * SECOND };
    return [
      { ...rest, node: a, peer: b, forward: true, evidence },
      { ...rest, node: b, peer: a, forward: false, evidence },
    ];
  });
  return (node) => Promise.resolve(all.filter((edge) => edge.node === node));
}

const nodes = async (seed: NodeKey, neighbours: Neighbours): Promise<string[]> =>
  [...(await walk([seed], neighbours)).nodes].sort();

describe('the walk over edges', () => {
  it('finds the same call from each of its identifiers', async () => {
    const bridge = graph(
      ['u:a', 'merge', 'c:A'],
      ['u:a', 'parent', 'u:b'],
      ['u:b', 'merge', 'c:B', 1],
      ['u:a', 'bridge', 'u:b', 2, 9],
    );
    for (const seed of ['u:a', 'u:b', 'c:A', 'c:B'] as const) {
      expect(await nodes(seed, bridge)).toEqual(['c:A', 'c:B', 'u:a', 'u:b']);
    }
  });

  it('finds the losers of a fork through their parent', async () => {
    const fork = graph(['u:a', 'parent', 'u:b1'], ['u:a', 'parent', 'u:b2'], ['u:b1', 'merge', 'c:B1']);
    expect(await nodes('u:b2', fork)).toEqual(['c:B1', 'u:a', 'u:b1', 'u:b2']);
  });

  it('joins two switches through the Call-ID between them', async () => {
    const tandem = graph(['u:out', 'merge', 'c:T'], ['u:in', 'merge', 'c:T'], ['u:in', 'parent', 'u:x']);
    expect(await nodes('u:out', tandem)).toEqual(['c:T', 'u:in', 'u:out', 'u:x']);
  });

  it('does not follow a link, and tells of it', async () => {
    const room = graph(['u:a', 'link', 'h:conference:1'], ['u:b', 'link', 'h:conference:1'], ['u:a', 'merge', 'c:A']);
    const call = await walk(['c:A'], room);
    expect([...call.nodes].sort()).toEqual(['c:A', 'u:a']);
    expect(call.links.map((edge) => edge.peer)).toEqual(['h:conference:1']);
  });

  it('does not follow a guess', async () => {
    expect(await nodes('c:A', graph(['c:A', 'guess', 'c:B']))).toEqual(['c:A']);
  });

  it('brings an agent into the call of each caller, and no caller into the call of another', async () => {
    const shapes: Shape[] = [];
    for (let i = 0; i < 5; i++) {
      shapes.push([`u:caller${i}`, 'merge', `c:C${i}`, i * 100]);
      shapes.push([`u:caller${i}`, 'bridge', 'u:agent', i * 100 + 5, i * 100 + 60]);
    }
    const desk = graph(['u:agent', 'merge', 'c:agent'], ...shapes);
    for (let i = 0; i < 5; i++) {
      expect(await nodes(`c:C${i}`, desk)).toEqual([`c:C${i}`, 'c:agent', 'u:agent', `u:caller${i}`].sort());
    }
  });

  it('follows a hand-over: the next bridge that begins as the last one ends', async () => {
    const transfer = graph(['u:a', 'bridge', 'u:b', 0, 10], ['u:b', 'bridge', 'u:c', 10, 20]);
    expect(await nodes('u:a', transfer)).toEqual(['u:a', 'u:b', 'u:c']);
  });

  it('does not pull every caller in when the agent himself is asked for, once he has many', async () => {
    const shapes = Array.from({ length: GUARDS.maxBridgePartners + 1 }, (_, i): Shape => {
      return [`u:caller${i}`, 'bridge', 'u:agent', i * 100, i * 100 + 60];
    });
    const call = await walk(['u:agent'], graph(['u:agent', 'merge', 'c:agent'], ...shapes));
    expect([...call.nodes].sort()).toEqual(['c:agent', 'u:agent']);
    expect(call.links).toHaveLength(GUARDS.maxBridgePartners + 1);
  });

  it('does not join legs by a value that too many carry', async () => {
    const shapes = Array.from({ length: GUARDS.maxValueLegs + 1 }, (_, i): Shape => [`c:${i}`, 'merge', 'v:default']);
    const call = await walk(['c:0'], graph(...shapes));
    expect([...call.nodes].sort()).toEqual(['c:0', 'v:default']);
  });

  it('ends on a circle', async () => {
    const circle = graph(
      ['u:a', 'bridge', 'u:b', 0, 5],
      ['u:b', 'bridge', 'u:c', 4, 9],
      ['u:c', 'bridge', 'u:a', 8, 12],
    );
    expect(await nodes('u:a', circle)).toEqual(['u:a', 'u:b', 'u:c']);
  });

  it('says that a call was cut when it is too large', async () => {
    const chain = Array.from({ length: GUARDS.maxNodes + 10 }, (_, i): Shape => [`u:${i}`, 'merge', `u:${i + 1}`]);
    const call = await walk(['u:0'], graph(...chain));
    expect(call.nodes.size).toBe(GUARDS.maxNodes);
    expect(call.truncated).toBe(true);
  });

  it('lists each edge once, oriented from its first end, from wherever it began', async () => {
    const pair = graph(['u:a', 'parent', 'u:b']);
    for (const seed of ['u:a', 'u:b'] as const) {
      const { edges } = await walk([seed], pair);
      expect(edges.map(({ node, peer }) => `${node} ${peer}`)).toEqual(['u:a u:b']);
    }
  });
});
