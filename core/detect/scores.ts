/**
 * Log-likelihood ratios in nats of one window: how much better "it fails" explains what was counted than "as usual".
 */

/** One step of the slow test, for a ratio p against one with `odds` times its odds (Page 1954, Bernoulli CUSUM). */
export function leakStep(attempts: number, failed: number, p: number, odds: number): number {
  const leaking = (p * odds) / (1 - p + p * odds);
  return failed * Math.log(leaking / p) + (attempts - failed) * Math.log((1 - leaking) / (1 - p));
}

/**
 * How unlikely so many failures are: n·KL(failed/n ‖ p), which bounds the logarithm of the binomial tail from above
 * (Chernoff); 0 when no more failed than usual.
 */
export function binomialScore(attempts: number, failed: number, p: number): number {
  return attempts === 0 || failed <= attempts * p ? 0 : divergence(attempts, failed, p);
}

/**
 * How unlikely it is that two groups have the same ratio, the first failing more (half of the G-test's statistic); 0 when it
 * does not. Both ratios are counted, so that a small rest proves little.
 */
export function contrastScore(attempts: number, failed: number, restAttempts: number, restFailed: number): number {
  if (attempts === 0 || restAttempts === 0 || failed * restAttempts <= restFailed * attempts) return 0;
  const both = (failed + restFailed) / (attempts + restAttempts);
  return divergence(attempts, failed, both) + divergence(restAttempts, restFailed, both);
}

/** n·KL(failed/n ‖ p). */
function divergence(attempts: number, failed: number, p: number): number {
  const good = attempts - failed;
  const bad = failed === 0 ? 0 : failed * Math.log(failed / attempts / p);
  return bad + (good === 0 ? 0 : good * Math.log(good / attempts / (1 - p)));
}

/**
 * One step of the vanished test: negative binomial of mean `mean` and variance mean + spread·mean², against one with
 * `share` of the mean. Positive when calls are missing; a day of a third of the traffic counts against it.
 */
export function vanishedStep(attempts: number, mean: number, share: number, spread: number): number {
  const size = 1 / spread;
  const low = mean * share;
  return attempts * Math.log(share) - (attempts + size) * Math.log((size + low) / (size + mean));
}

/**
 * The ratio that is still weather: the usual one and `deviations` standard deviations of what the hours of this series
 * stray beyond chance (ρ of the beta-binomial). At high load this, and not the counting noise, decides.
 */
export const weatherRatio = (p: number, rho: number, deviations: number): number =>
  Math.min(0.9, p + deviations * Math.sqrt(rho * p * (1 - p)));
