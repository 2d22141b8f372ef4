import { describe, expect, it } from 'vitest';
import type { Neighbours } from '../../../../core/call/graph/neighbours.ts';
import { segmentsOf } from '../../../../core/call/graph/segments.ts';
import { walk } from '../../../../core/call/graph/walk.ts';
import type { StoredEdge } from '../../../../core/call/read/edges.ts';
import type { EdgeKind, NodeKey } from '../../../../core/model/edge.ts';

const MINUTE = 60_000_000;

/** From the first end; times in minutes. */
type Shape = readonly [a: NodeKey, kind: EdgeKind, b: NodeKey, why: string, since: number, until: number];

function bothEnds([a, kind, b, why, since, until]: Shape): StoredEdge[] {
  const evidence = { table: 'events' as const, id: `${a}${b}`, atUs: since * MINUTE };
  const rest = { kind, tier: 'switch' as const, why, sinceUs: since * MINUTE, untilUs: until * MINUTE, evidence };
  return [
    { ...rest, node: a, peer: b, forward: true },
    { ...rest, node: b, peer: a, forward: false },
  ];
}

function graph(...shapes: readonly Shape[]): Neighbours {
  const all = shapes.flatMap(bothEnds);
  return (node) => Promise.resolve(all.filter((edge) => edge.node === node));
}

const nodes = async (seed: NodeKey, neighbours: Neighbours): Promise<string[]> =>
  [...(await walk([seed], neighbours)).nodes].sort();

describe('the lives of an identifier', () => {
  const reusedCallId = graph(
    ['u:a1', 'merge', 'c:A', 'sip_call_id', 0, 5],
    ['u:a1', 'parent', 'u:b1', 'originator', 0, 5],
    ['u:a2', 'merge', 'c:A', 'sip_call_id', 125, 130],
    ['u:a2', 'parent', 'u:b2', 'originator', 125, 130],
  );

  it('keeps two calls apart that had the same Call-ID, hours after each other', async () => {
    expect(await nodes('u:b1', reusedCallId)).toEqual(['c:A', 'u:a1', 'u:b1']);
    expect(await nodes('u:b2', reusedCallId)).toEqual(['c:A', 'u:a2', 'u:b2']);
  });

  it('keeps two calls apart that were originated with the same uuid', async () => {
    const reused = graph(
      ['u:job', 'merge', 'u:old1', 'uuid_changed', 0, 0],
      ['u:job', 'merge', 'c:1', 'sip_call_id', 0, 2],
      ['u:job', 'merge', 'u:old2', 'uuid_changed', 120, 120],
      ['u:job', 'merge', 'c:2', 'sip_call_id', 120, 122],
      ['u:job', 'parent', 'u:child2', 'originator', 121, 122],
    );
    expect(await nodes('c:1', reused)).toEqual(['c:1', 'u:job', 'u:old1']);
    expect(await nodes('u:old2', reused)).toEqual(['c:2', 'u:child2', 'u:job', 'u:old2']);
  });

  it('does not cut a long call: one channel has one Call-ID, however late something else happens to it', async () => {
    const long = graph(
      ['u:a', 'merge', 'c:A', 'sip_call_id', 0, 0],
      ['u:a', 'parent', 'u:late', 'originator', 480, 480],
      ['c:later', 'merge', 'c:A', 'refer_replaces', 479, 479],
    );
    expect(await nodes('c:later', long)).toEqual(['c:A', 'c:later', 'u:a', 'u:late']);
  });

  it('does not cut a Call-ID that two switches speak at the same time', () => {
    const edges = graph(
      ['u:out', 'merge', 'c:T', 'sip_call_id', 0, 60],
      ['u:in', 'merge', 'c:T', 'sip_call_id', 59, 60],
    );
    return expect(edges('c:T').then((found) => segmentsOf('c:T', found).count)).resolves.toBe(1);
  });
});

describe('an agent on standby', () => {
  it('belongs to the call of each caller and joins none of them, however short the pause', async () => {
    const shapes = [0, 1, 2].flatMap((i): Shape[] => [
      [`u:caller${i}`, 'merge', `c:C${i}`, 'sip_call_id', i, i + 1],
      [`u:caller${i}`, 'bridge', 'u:agent', 'bridge_event', i, i + 1],
      [`u:caller${i}`, 'bridge', 'u:agent', 'callcenter_standby', i, i + 1],
    ]);
    const desk = graph(['u:agent', 'merge', 'c:agent', 'sip_call_id', 0, 60], ...shapes);
    expect(await nodes('c:C1', desk)).toEqual(['c:C1', 'c:agent', 'u:agent', 'u:caller1']);
    const own = await walk(['u:agent'], desk);
    expect([...own.nodes].sort()).toEqual(['c:agent', 'u:agent']);
    expect(new Set(own.links.map(({ peer }) => peer))).toEqual(new Set(['u:caller0', 'u:caller1', 'u:caller2']));
  });
});
