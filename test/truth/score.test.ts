import { describe, expect, it } from 'vitest';
import { isPerfect, scoreOf, type TrueGroup } from './score.ts';

const CALL: TrueGroup = { label: 'a call', identifiers: ['call-a', 'call-b', 'uuid-a'] };
const OTHER: TrueGroup = { label: 'another call', identifiers: ['call-x', 'uuid-x'] };
const LONE: TrueGroup = { label: 'a registration', identifiers: ['register-1'] };
const OUTSIDERS = new Set(['options-1']);

/** Every identifier of each group answered with these; the rest with the whole group. */
const answers = (changes: Readonly<Record<string, readonly string[] | undefined>>) =>
  new Map(
    [CALL, OTHER, LONE]
      .flatMap(({ identifiers }) => identifiers.map((one) => [one, identifiers] as const))
      .map(([one, whole]) => [one, one in changes ? changes[one] : whole] as const),
  );

const score = (changes: Readonly<Record<string, readonly string[] | undefined>>) =>
  scoreOf([CALL, OTHER, LONE], answers(changes), OUTSIDERS);

describe('scoreOf', () => {
  it('counts every identifier with every other of its call, in both directions, and none with itself', () => {
    const perfect = score({});
    expect(perfect).toMatchObject({ expected: 8, found: 8, right: 8, precision: 1, recall: 1 });
    expect(isPerfect(perfect)).toBe(true);
  });

  it('names the pairs that were not found', () => {
    const result = score({ 'call-a': ['call-a', 'uuid-a'] });
    expect(result).toMatchObject({ expected: 8, found: 7, right: 7, precision: 1, recall: 7 / 8 });
    expect(result.missing).toEqual([{ label: 'a call', asked: 'call-a', other: 'call-b' }]);
    expect(isPerfect(result)).toBe(false);
  });

  it('takes no answer as nothing found', () => {
    const result = score({ 'uuid-x': undefined });
    expect(result).toMatchObject({ expected: 8, found: 7, right: 7, precision: 1 });
    expect(result.missing).toEqual([{ label: 'another call', asked: 'uuid-x', other: 'call-x' }]);
  });

  it('holds an identifier of another call against the precision', () => {
    const result = score({ 'call-a': [...CALL.identifiers, 'call-x'] });
    expect(result).toMatchObject({ expected: 8, found: 9, right: 8, precision: 8 / 9, recall: 1 });
    expect(result.wrong).toEqual([{ label: 'a call', asked: 'call-a', other: 'call-x' }]);
    expect(isPerfect(result)).toBe(false);
  });

  it('holds a keepalive in a call against the precision', () => {
    expect(score({ 'call-a': [...CALL.identifiers, 'options-1'] }).wrong).toHaveLength(1);
  });

  it('reports what the truth does not know apart from right and wrong', () => {
    const result = score({ 'call-a': [...CALL.identifiers, 'loopback'] });
    expect(result).toMatchObject({ found: 8, precision: 1, recall: 1, wrong: [] });
    expect(result.unknown).toEqual([{ label: 'a call', asked: 'call-a', other: 'loopback' }]);
    expect(isPerfect(result)).toBe(true);
  });

  it('misses an identifier that stands alone when it leads to nothing', () => {
    const result = score({ 'register-1': undefined });
    expect(result).toMatchObject({ expected: 9, right: 8 });
    expect(result.missing).toEqual([{ label: 'a registration', asked: 'register-1', other: 'register-1' }]);
  });

  it('misses an identifier that stands alone when the answer is about something else', () => {
    const result = score({ 'register-1': ['call-x'] });
    expect(result.missing).toHaveLength(1);
    expect(result.wrong).toHaveLength(1);
  });

  it('gives no credit for finding nothing at all', () => {
    const nothing = scoreOf([CALL, OTHER, LONE], new Map(), OUTSIDERS);
    expect(nothing).toMatchObject({ expected: 9, found: 0, right: 0, precision: 1, recall: 0 });
  });
});
