import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_SITE, sizeOf } from './model.ts';

const ROOT = `${import.meta.dirname}/../..`;
const docs = readFileSync(`${ROOT}/docs/scale.md`, 'utf8');
const printed = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [`${import.meta.dirname}/main.ts`, ...args], { encoding: 'utf8' });

describe('the model of a site’s size', () => {
  test('is what docs/scale.md shows, word for word', () => {
    const commands = [...docs.matchAll(/^`npm run scale -- (.+)`:$/gm)].map(([, args]) => args!.split(' '));
    expect(commands.length).toBeGreaterThan(1);
    for (const args of commands) expect(docs).toContain(printed(...args));
  });

  test('grows with the calls: ten times the calls are ten times the bytes and the work, and never fewer machines', () => {
    const [small, large] = [10e6, 100e6].map((callsPerDay) => sizeOf({ ...DEFAULT_SITE, callsPerDay }));
    expect(large!.disk / small!.disk).toBeCloseTo(10);
    expect(large!.engineCores / small!.engineCores).toBeCloseTo(10);
    expect(large!.indexers).toBeGreaterThanOrEqual(small!.indexers);
    expect(large!.shards).toBeGreaterThanOrEqual(small!.shards);
    expect(large!.partitions).toBeGreaterThanOrEqual(large!.indexers);
  });

  test('tells when one linker is too few', () => {
    expect(sizeOf(DEFAULT_SITE).linkerFits).toBe(true);
    expect(sizeOf({ ...DEFAULT_SITE, eventShare: 1 }).linkerFits).toBe(false);
  });

  test('refuses what is no number, and options that there are not', () => {
    expect(() => printed('--calls-per-day', 'many')).toThrow();
    expect(() => printed('--calls', '1')).toThrow();
  });
});
