import { describe, expect, it } from 'vitest';
import { binomialScore, leakStep, vanishedStep, weatherRatio } from '../../../core/detect/scores.ts';

/** ln P(X ≥ x) of the binomial, term by term. */
function tail(n: number, x: number, p: number): number {
  let sum = 0;
  for (let k = x; k <= n; k++) {
    let term = k * Math.log(p) + (n - k) * Math.log(1 - p);
    for (let i = 0; i < k; i++) term += Math.log((n - i) / (i + 1));
    sum += Math.exp(term);
  }
  return Math.log(sum);
}

describe('scores', () => {
  it('never call failures less likely than the binomial tail does', () => {
    for (const [n, x, p] of [
      [5, 5, 0.1],
      [20, 6, 0.05],
      [200, 30, 0.08],
      [40, 40, 0.3],
    ] as const) {
      expect(binomialScore(n, x, p)).toBeLessThanOrEqual(-tail(n, x, p) + 1e-9);
      expect(binomialScore(n, x, p)).toBeGreaterThan(-tail(n, x, p) - 4);
    }
  });

  it('are nothing when no more fail than usual, and when there are no calls', () => {
    expect(binomialScore(100, 5, 0.05)).toBe(0);
    expect(binomialScore(0, 0, 0.05)).toBe(0);
    expect(leakStep(0, 0, 0.05, 2.2)).toBe(0);
  });

  it('fall on the average while a series is as usual, and rise while it leaks', () => {
    expect(leakStep(1000, 50, 0.05, 2.2)).toBeLessThan(0);
    expect(leakStep(1000, 110, 0.05, 2.2)).toBeGreaterThan(0);
  });

  it('say less of a silence the more the minutes vary anyway', () => {
    expect(vanishedStep(0, 10, 0.1, 0.01)).toBeGreaterThan(vanishedStep(0, 10, 0.1, 0.5));
    expect(vanishedStep(0, 10, 0.1, 0.5)).toBeGreaterThan(0);
  });

  it('speak against vanished calls on a day of half the traffic', () => {
    expect(vanishedStep(5, 10, 0.1, 0.01)).toBeLessThan(0);
  });

  it('let pass more where ratios stray more', () => {
    expect(weatherRatio(0.05, 0, 2)).toBe(0.05);
    expect(weatherRatio(0.05, 0.002, 2)).toBeGreaterThan(weatherRatio(0.05, 0.001, 2));
  });
});
