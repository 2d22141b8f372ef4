import { describe, expect, it } from 'vitest';
import {
  type AllSeries,
  admit,
  type CountedCalls,
  changePlaces,
  keyOf,
  missedBy,
  newSeries,
  noteCarriers,
  type Others,
  revived,
  sumsOf,
} from '../../../indexer/detector/series.ts';

const row = (over: Partial<CountedCalls>): CountedCalls => ({
  ...{ tenant: 'none', trunk: 'a', node: 'fs1', sensors: 'hep 1\nhep 2', root: true, attempts: 10, failed: 1 },
  ...over,
});
const ALL = ['tenant', 'trunk', 'node'] as const;

describe('the series of a minute', () => {
  it('are calls of the site and of tenants, and every leg of trunks and nodes', () => {
    const sums = sumsOf([row({ tenant: 'acme' }), row({ tenant: 'acme', root: false, trunk: 'b' })], ALL);
    const attempts = Object.fromEntries([...sums].map(([key, one]) => [key, one.attempts]));
    expect(attempts).toEqual({ 'site:': 10, 'tenant:acme': 10, 'trunk:a': 10, 'trunk:b': 10, 'node:fs1': 20 });
  });

  it('are none of what cannot be told apart, nor of a dimension that is not watched', () => {
    const sums = sumsOf([row({ tenant: 'none', trunk: 'other', node: 'unknown' })], ALL);
    expect([...sums.keys()]).toEqual(['site:']);
    expect([...sumsOf([row({ tenant: 'acme' })], ['tenant']).keys()]).toEqual(['site:', 'tenant:acme']);
  });

  it('are bounded: who has far more calls takes the place of who has least, at midnight', () => {
    const [all, others]: [AllSeries, Others] = [new Map([['site:', newSeries('site', '')]]), new Map()];
    const minute = (rows: CountedCalls[]): void => {
      const sums = sumsOf(rows, ['trunk']);
      admit(all, others, sums, 2);
      for (const [key, one] of all) noteCarriers(one, 1, sums.get(key));
    };
    minute([row({ trunk: 'a' }), row({ trunk: 'b', attempts: 3 }), row({ trunk: 'c', attempts: 5 })]);
    expect([...all.keys()]).toEqual(['site:', 'trunk:a', 'trunk:b']);
    changePlaces(all, others);
    expect([...all.keys()]).toEqual(['site:', 'trunk:a', 'trunk:b']);
    minute([row({ trunk: 'c', attempts: 20 })]);
    changePlaces(all, others);
    expect([...all.keys()]).toEqual(['site:', 'trunk:a', 'trunk:c']);
  });

  it('miss a sensor that saw a part of them that matters, and none that saw little', () => {
    const series = newSeries('trunk', 'a');
    const rows = [row({ sensors: 'hep 1', attempts: 96 }), row({ sensors: '__proto__', node: 'hep 3', attempts: 4 })];
    noteCarriers(series, 1, sumsOf(rows, ALL).get(keyOf('trunk', 'a')));
    const kept = revived(JSON.parse(JSON.stringify(series)));
    for (const one of [series, kept]) {
      expect(missedBy(one, new Set(['hep 1']))).toEqual(['hep 1']);
      expect(missedBy(one, new Set(['hep 3']))).toEqual([]);
      expect(missedBy(one, new Set(['__proto__', 'constructor', 'hep 2']))).toEqual([]);
      expect(missedBy(one, new Set())).toEqual([]);
    }
  });
});
