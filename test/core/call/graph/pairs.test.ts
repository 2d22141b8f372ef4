import { describe, expect, it } from 'vitest';
import { uniquePairs } from '../../../../core/call/graph/pairs.ts';
import type { BirthFact } from '../../../../core/call/read/births.ts';
import type { NodeKey } from '../../../../core/model/edge.ts';

const MS = 1000;
const birth = (node: NodeKey, atMs: number, over: Partial<BirthFact> = {}): BirthFact => ({
  node,
  atUs: atMs * MS,
  seenUs: [atMs * MS],
  switch: node.startsWith('u') ? 'ast1' : '',
  direction: node.startsWith('u') ? 'inbound' : '',
  fromKey: '5550101',
  toKey: '8889999',
  parent: '',
  evidence: { table: 'events', id: node, atUs: atMs * MS },
  ...over,
});
const pairs = (...births: BirthFact[]): string[] =>
  uniquePairs(births).map(({ channel, dialog }) => `${channel.node} ${dialog.node}`);

describe('guessed pairs', () => {
  it('join a channel and the INVITE of the same numbers that came just before it', () => {
    expect(pairs(birth('c:A', 0), birth('u:a', 2))).toEqual(['u:a c:A']);
  });

  it('tell the two legs of one call apart: both have the same numbers within milliseconds', () => {
    const calls = [
      birth('c:A', 0),
      birth('u:a', 2),
      birth('c:B', 3.4),
      birth('u:b', 3.5, { direction: 'outbound', parent: 'a' }),
    ];
    expect(pairs(...calls)).toEqual(['u:a c:A', 'u:b c:B']);
  });

  it('are none when two calls between the same numbers begin in the same moment', () => {
    expect(pairs(birth('c:A', 0), birth('c:X', 1), birth('u:a', 2))).toEqual([]);
    expect(pairs(birth('c:A', 0), birth('u:a', 2), birth('u:x', 3))).toEqual([]);
  });

  it('tell calls between the same numbers apart when they begin some milliseconds from each other', () => {
    expect(pairs(birth('c:A', 0), birth('u:a', 2), birth('c:X', 10), birth('u:x', 12))).toEqual(['u:a c:A', 'u:x c:X']);
  });

  it('join one Call-ID with a channel at each switch that a proxy offered it to', () => {
    const calls = [
      birth('c:A', 0, { seenUs: [0, 1 * MS, 30 * MS] }),
      birth('u:a1', 2),
      birth('c:B1', 3.4, { seenUs: [3.4 * MS, 4 * MS] }),
      birth('u:b1', 3.5, { direction: 'outbound', parent: 'a1' }),
      birth('u:a2', 32, { switch: 'ast2' }),
      birth('c:B2', 33.4),
      birth('u:b2', 33.5, { direction: 'outbound', parent: 'a2', switch: 'ast2' }),
    ];
    expect(pairs(...calls)).toEqual(['u:a1 c:A', 'u:b1 c:B1', 'u:a2 c:A', 'u:b2 c:B2']);
  });

  it('are none for another caller, or another moment', () => {
    expect(pairs(birth('c:A', 0, { fromKey: '1002' }), birth('u:a', 2))).toEqual([]);
    expect(pairs(birth('c:A', 0), birth('u:a', 900))).toEqual([]);
  });

  it('take a caller that is not told for any caller', () => {
    expect(pairs(birth('c:A', 0), birth('u:a', 1, { direction: 'outbound', fromKey: '' }))).toEqual(['u:a c:A']);
  });

  it('do not give an inbound channel an INVITE that was sent after it began', () => {
    expect(pairs(birth('u:a', 0), birth('c:B', 10))).toEqual([]);
  });
});
