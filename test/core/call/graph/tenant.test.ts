import { describe, expect, it } from 'vitest';
import type { Neighbours } from '../../../../core/call/graph/neighbours.ts';
import { tenantOf } from '../../../../core/call/graph/tenant.ts';
import { walk } from '../../../../core/call/graph/walk.ts';
import type { StoredEdge } from '../../../../core/call/read/edges.ts';
import {
  type EdgeKind,
  type NodeKey,
  QUALITY_REPORT,
  type TenantRule,
  tenantNode,
} from '../../../../core/model/edge.ts';

type Shape = readonly [a: NodeKey, kind: EdgeKind, b: NodeKey, atUs?: number];

const edge = ([node, kind, peer, at = 0]: Shape, why: string, forward: boolean): StoredEdge => ({
  node,
  peer,
  kind,
  tier: 'switch',
  why,
  forward,
  sinceUs: at,
  untilUs: at,
  evidence: { table: 'events', id: `${node}${peer}`, atUs: at },
});

/** Edges as the store has them, and whose each leg is: "A", or by a weaker rule "A tenant_host". */
function site(tenants: Readonly<Record<string, string | readonly string[]>>, ...shapes: readonly Shape[]): Neighbours {
  const all = shapes.flatMap((shape) => {
    const [a, kind, b, at] = shape;
    return [edge(shape, 'test', true), edge([b, kind, a, at], 'test', false)];
  });
  for (const [node, said] of Object.entries(tenants)) {
    for (const one of typeof said === 'string' ? [said] : said) {
      const [name = '', why = 'tenant_node'] = one.split(' ');
      all.push(edge([node as NodeKey, 'tenant', tenantNode(name)], why, true));
    }
  }
  return (node) => Promise.resolve(all.filter((one) => one.node === node));
}

const call = async (neighbours: Neighbours, ...seeds: NodeKey[]): Promise<string> => {
  const { nodes, tenant } = await walk(seeds, neighbours);
  return `${[...nodes].sort().join(' ')} of ${tenant}`;
};

describe('the walk on a site of several tenants', () => {
  it('does not follow an edge between legs of two, and tells of it with its reason', async () => {
    const neighbours = site({ 'u:a': 'A', 'u:b': 'B' }, ['u:a', 'parent', 'u:b'], ['u:b', 'merge', 'c:b']);
    expect(await call(neighbours, 'u:a')).toBe('u:a of A');
    expect(await call(neighbours, 'u:b')).toBe('c:b u:b of B');
    const { links, refused } = await walk(['u:a'], neighbours);
    expect(links.map(({ peer }) => peer)).toEqual(['u:b']);
    expect([...refused]).toEqual([['u:b', 'other_tenant']]);
  });

  it('reaches legs of no known tenant from any, and never another tenant through them', async () => {
    const neighbours = site(
      { 'u:a': 'A', 'u:b': 'B' },
      ['u:a', 'merge', 'c:x', 1],
      ['c:x', 'merge', 'c:y', 2],
      ['c:y', 'merge', 'u:b', 3],
    );
    expect(await call(neighbours, 'u:a')).toBe('c:x c:y u:a of A');
    expect(await call(neighbours, 'u:b')).toBe('c:x c:y u:b of B');
  });

  it('leads from a leg between two tenants to the one whose leg it met first, whatever is asked for', async () => {
    const shapes: Shape[] = [
      ['u:b', 'merge', 'c:x', 20],
      ['u:a', 'merge', 'c:x', 10],
    ];
    for (const given of [shapes, shapes.toReversed()]) {
      expect(await call(site({ 'u:a': 'A', 'u:b': 'B' }, ...given), 'c:x')).toBe('c:x u:a of A');
    }
  });

  it('takes no report of a telephone of another tenant, and no leg of its call', async () => {
    const reports = (tenants: Readonly<Record<string, string | readonly string[]>>): Neighbours => {
      const plain = site(tenants, ['u:a', 'merge', 'c:a'], ['c:a', 'link', 'c:report', 9]);
      return async (node) =>
        (await plain(node)).map((one) => (one.kind === 'link' ? { ...one, why: QUALITY_REPORT } : one));
    };
    const refusedOf = async (tenants: Readonly<Record<string, string | readonly string[]>>) => {
      const { nodes, refused, links } = await walk(['u:a'], reports(tenants));
      expect([[...nodes].sort(), links.map(({ peer }) => peer)]).toEqual([['c:a', 'u:a'], ['c:report']]);
      return [...refused].map(([node, why]) => `${node} ${why}`);
    };
    expect(await refusedOf({ 'u:a': 'A', 'c:report': 'B' })).toEqual(['c:report other_tenant']);
    expect(await refusedOf({ 'c:report': 'B' })).toEqual(['c:report other_tenant']);
    expect(await refusedOf({ 'u:a': 'A', 'c:report': 'A' })).toEqual([]);
    expect(await refusedOf({ 'u:a': 'A' })).toEqual([]);
    // A leg between two tenants has a telephone of each; and whose report it is decides nothing about whose the call is.
    expect(await refusedOf({ 'u:a': 'A', 'c:a': ['A', 'B'], 'c:report': 'B' })).toEqual([]);
    expect((await walk(['u:a'], reports({ 'c:report': 'B' }))).tenant).toBeUndefined();
  });

  it('takes a leg that two tenants claim for nobody’s', async () => {
    const tenants = { 'u:a': 'A', 'u:b': 'B', 'c:x': ['A', 'B'] };
    const neighbours = site(tenants, ['u:a', 'merge', 'c:x', 1], ['u:b', 'merge', 'c:x', 2]);
    expect(await call(neighbours, 'u:a')).toBe('c:x u:a of A');
    expect(await call(neighbours, 'u:b')).toBe('c:x u:b of B');
  });

  it('joins by a value that two tenants carry only legs that are known to be of one', async () => {
    const neighbours = site(
      { 'c:a1': 'A', 'c:a2': 'A', 'c:b1': 'B' },
      ...(['c:a1', 'c:a2', 'c:b1', 'c:x'] as const).map((leg): Shape => [leg, 'merge', 'v:4711']),
      ['c:b1', 'merge', 'u:y'],
      ['c:x', 'merge', 'u:z'],
    );
    expect(await call(neighbours, 'c:a1')).toBe('c:a1 c:a2 v:4711 of A');
    expect(await call(neighbours, 'u:y')).toBe('c:b1 u:y v:4711 of B');
    // Whose this leg is nobody says, and the value does not either.
    expect(await call(neighbours, 'u:z')).toBe('c:x u:z v:4711 of undefined');
    const { refused } = await walk(['c:a1'], neighbours);
    expect([...refused].sort()).toEqual([
      ['c:b1', 'other_tenant'],
      ['c:x', 'value_of_two_tenants'],
    ]);
  });

  it('joins all legs of a value that one tenant carries', async () => {
    const shapes = (['c:a', 'c:x', 'u:y'] as const).map((leg): Shape => [leg, 'merge', 'v:4711']);
    for (const leg of ['c:a', 'c:x', 'u:y'] as const) {
      expect(await call(site({ 'c:a': 'A' }, ...shapes), leg)).toBe('c:a c:x u:y v:4711 of A');
    }
  });

  it('answers with one of two legs whose identifiers are the same text', async () => {
    const neighbours = site({ 'c:1': 'A', 'u:1': 'B' }, ['c:1', 'merge', 'u:1'], ['u:1', 'merge', 'c:b']);
    expect(await call(neighbours, 'c:1', 'u:1')).toBe('c:1 of A');
  });
});

describe('whose a leg is', () => {
  const said = (...rules: readonly [why: TenantRule, tenant: string][]): string | undefined =>
    tenantOf(rules.map(([why, tenant]) => ({ kind: 'tenant', why, peer: tenantNode(tenant) })));

  it('is said by its switch before a variable, and by a variable before what anyone may write into SIP', () => {
    expect(said(['tenant_host', 'C'], ['tenant_variable', 'B'], ['tenant_node', 'A'])).toBe('A');
    expect(said(['tenant_host', 'C'], ['tenant_variable', 'B'])).toBe('B');
    expect(said(['tenant_host', 'C'])).toBe('C');
  });

  it('is not known when nothing says so, or the strongest says two things', () => {
    expect(said()).toBeUndefined();
    expect(said(['tenant_host', 'A'], ['tenant_host', 'B'])).toBeUndefined();
    expect(said(['tenant_node', 'A'], ['tenant_node', 'B'], ['tenant_host', 'A'])).toBeUndefined();
  });
});
