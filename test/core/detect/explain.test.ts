import { describe, expect, it } from 'vitest';
import { type CountedRow, explainSpike } from '../../../core/detect/explain.ts';
import { createRandom } from '../../generate/random.ts';
import { createSampling } from '../../simulate/sampling.ts';

/** A window of calls over trunks, nodes and tenants; `failing` tells how many fail of each. */
function windowOf(seed: number, failing: (values: Record<string, string>) => number): CountedRow[] {
  const sampling = createSampling(createRandom(seed));
  const rows: CountedRow[] = [];
  for (const [trunk, share] of [
    ['a', 0.4],
    ['b', 0.3],
    ['c', 0.2],
    ['d', 0.1],
  ] as const) {
    for (const node of ['fs1', 'fs2', 'fs3']) {
      for (const tenant of ['acme', 'globex', '']) {
        const values: Record<string, string> = { trunk, node, ...(tenant === '' ? {} : { tenant }) };
        const attempts = sampling.poisson(share * 70);
        rows.push({ values, attempts, failed: sampling.binomial(attempts, failing(values)) });
      }
    }
  }
  return rows;
}
const named = (rows: readonly CountedRow[]): string[] =>
  explainSpike(rows).map(({ dimension, value }) => `${dimension} ${value}`);

describe('a spike', () => {
  it('is explained by the trunk that fails', () => {
    for (const trunk of ['a', 'b', 'c', 'd']) {
      const rows = windowOf(3, (values) => (values.trunk === trunk ? 0.9 : 0.05));
      expect(named(rows)).toEqual([`trunk ${trunk}`]);
      const [first] = explainSpike(rows);
      expect(first!.lift).toBeGreaterThan(1.5);
      expect(first!.failed).toBe(
        rows.filter(({ values }) => values.trunk === trunk).reduce((sum, { failed }) => sum + failed, 0),
      );
    }
  });

  it('is explained by two values when two fail', () => {
    const rows = windowOf(4, (values) => (values.trunk === 'b' ? 0.8 : values.node === 'fs3' ? 0.7 : 0.04));
    expect(named(rows).sort()).toEqual(['node fs3', 'trunk b']);
  });

  it('is explained by nothing when everything fails alike, or nothing does', () => {
    expect(named(windowOf(5, () => 0.9))).toEqual([]);
    expect(named(windowOf(6, () => 0))).toEqual([]);
    expect(explainSpike([])).toEqual([]);
  });

  it('is hardly ever explained by chance', () => {
    let explained = 0;
    for (let seed = 100; seed < 300; seed++) explained += named(windowOf(seed, () => 0.1)).length;
    expect(explained).toBeLessThanOrEqual(4);
  });

  it('is explained by a cause that only failed calls have, against its usual part of them', () => {
    const rows: CountedRow[] = [
      { values: {}, attempts: 300, failed: 0 },
      { values: { cause: '503' }, attempts: 60, failed: 60 },
      { values: { cause: '404' }, attempts: 12, failed: 12 },
    ];
    const found = explainSpike(rows, { cause: { '503': 0.2, '404': 0.8 } });
    expect(found.map(({ dimension, value }) => `${dimension} ${value}`)).toEqual(['cause 503']);
    expect(found[0]!.lift).toBeCloseTo(60 / 72 / 0.2, 6);
  });

  it('takes any text for a value', () => {
    const values = JSON.parse('{"__proto__": "x", "trunk": "__proto__"}') as Record<string, string>;
    const rows = [
      { values, attempts: 50, failed: 50 },
      { values: { trunk: 'constructor' }, attempts: 200, failed: 5 },
    ];
    expect(explainSpike(rows)[0]).toMatchObject({ value: expect.stringMatching(/^(x|__proto__)$/), failed: 50 });
  });
});
