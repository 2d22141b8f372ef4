import { expect, test } from 'vitest';
import type { Evidence } from '../../../web/api.ts';
import { proofsOf } from '../../../web/call/evidence.ts';

const row = (id: string, says = '200 OK', table: Evidence['table'] = 'messages'): Evidence => ({
  table,
  id,
  at: '2026-11-21T09:21:38.752001Z',
  says,
});
const told = (evidence: readonly Evidence[], ids: readonly string[]) =>
  proofsOf(evidence, new Set(ids)).map(({ first, copies, onLadder }) => [first.id, copies, onLadder]);

test('copies of one message at several sensors are one proof, whose step is the first of them', () => {
  expect(told([row('a'), row('a2'), row('a3'), row('b')], ['a', 'b'])).toEqual([
    ['a', 3, true],
    ['b', 1, true],
  ]);
});

test('a message that was sent twice is two proofs, as both are steps', () => {
  expect(told([row('a'), row('b')], ['a', 'b'])).toHaveLength(2);
});

test('nothing is folded into what says something else, is no message, or is no step itself', () => {
  expect(told([row('a'), row('x', '100 Trying')], ['a'])).toHaveLength(2);
  expect(told([row('e', 'CHANNEL_HANGUP', 'events'), row('x', 'CHANNEL_HANGUP', 'events')], ['e'])).toHaveLength(2);
  expect(told([row('x'), row('y')], [])).toEqual([
    ['x', 1, false],
    ['y', 1, false],
  ]);
});
