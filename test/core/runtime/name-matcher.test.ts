import { expect, it } from 'vitest';
import { createNameMatcher } from '../../../core/runtime/name-matcher.ts';

it('matches names exactly, and patterns with "*" for any text', () => {
  const isRoom = createNameMatcher(['wait', 'cb*', 'a*b*c', '*.callback']);
  expect(['wait', 'cb1001', 'cb', 'abc', 'a1b2c', 'x.callback'].filter((name) => !isRoom(name))).toEqual([]);
  expect(['waiting', 'xcb1', 'ac', 'acb', 'ab', 'callback', ''].filter(isRoom)).toEqual([]);
});

it('does not let the ends of a pattern overlap', () => {
  expect(createNameMatcher(['ab*ba'])('aba')).toBe(false);
});

it('matches nothing without patterns', () => {
  expect(createNameMatcher([])('')).toBe(false);
});
