import { describe, expect, test } from 'vitest';
import type { SearchHit } from '../../../web/api.ts';
import { follow, MOST_FOLLOWED } from '../../../web/search/follow.ts';
import { lineFor } from '../../../web/search/keys.ts';
import { searchAnswer } from '../fixtures.ts';

const model = searchAnswer.calls[0]!;
const call = (id: string, second: number, more: Partial<SearchHit> = {}): SearchHit => ({
  ...model,
  ...{ id, callIds: [id], channelUuids: [], startedAt: new Date(second * 1000).toISOString() },
  ...more,
});
const ids = (calls: readonly SearchHit[]): string => calls.map(({ id }) => id).join(' ');
const some = [call('c', 30), call('b', 20), call('a', 10)];

describe('a list that is followed', () => {
  test('takes new calls in at their place, and tells anew what it has', () => {
    const answer = [call('d', 40), call('x', 25), call('c', 30, { outcome: 'busy' })];
    const { calls, fresh, cut } = follow(some, { calls: answer, more: true }, false);
    expect([ids(calls), fresh, cut]).toEqual(['d c x b a', 2, false]);
    expect(calls[1]?.outcome).toBe('busy');
  });

  test('moves nothing while it is held, but tells what became of its calls and counts the new ones', () => {
    const answer = [call('d', 40), call('b', 20, { outcome: 'failed' })];
    const { calls, fresh } = follow(some, { calls: answer, more: false }, true);
    expect([ids(calls), fresh, calls[1]?.outcome]).toEqual(['c b a', 1, 'failed']);
    expect(ids(follow(calls, { calls: answer, more: true }, false).calls)).toBe('d c b a');
  });

  test('drops a call that became part of another one, and what an answer with everything does not have', () => {
    const joined = call('new', 9, { callIds: ['new', 'a'], channelUuids: ['b'] });
    expect(ids(follow(some, { calls: [joined], more: true }, true).calls)).toBe('c');
    expect(ids(follow(some, { calls: [call('c', 30)], more: false }, false).calls)).toBe('c');
    expect(ids(follow(some, { calls: [call('c', 30)], more: true }, false).calls)).toBe('c b a');
  });

  test('begins anew when more came than one answer holds, instead of having a hole', () => {
    const answer = [call('z', 99), call('y', 98)];
    expect(follow(some, { calls: answer, more: true }, false)).toEqual({ calls: answer, fresh: 2, cut: true });
  });

  test('has a bound', () => {
    const many = Array.from({ length: MOST_FOLLOWED }, (_, i) => call(`n${i}`, 1000 - i));
    const { calls, cut } = follow(many, { calls: [call('new', 2000), many[0]!], more: true }, false);
    expect([calls.length, calls[0]?.id, cut]).toEqual([MOST_FOLLOWED, 'new', true]);
  });
});

test('keys move from the search box through the list and back', () => {
  expect(['ArrowDown', 'j'].map((key) => lineFor(key, -1, 3))).toEqual([0, 0]);
  expect(['ArrowDown', 'ArrowUp', 'k', 'Home', 'End', 'x'].map((key) => lineFor(key, 2, 3))).toEqual([
    ...[2, 1, 1, 0, 2, undefined],
  ]);
  expect(lineFor('ArrowUp', 0, 3)).toBe(-1);
  // Without a line that has the focus these move the page.
  expect(['ArrowUp', 'Home', 'End'].map((key) => lineFor(key, -1, 3))).toEqual([undefined, undefined, undefined]);
  expect(lineFor('ArrowDown', -1, 0)).toBeUndefined();
});
