import { binomialScore, contrastScore } from './scores.ts';

/** Calls of the window that have the same values: how many there were and how many of them failed. */
export interface CountedRow {
  /** By dimension: trunk, node, cause, prefix, tenant, … A dimension that is not known of a call is left out. */
  readonly values: Readonly<Record<string, string>>;
  readonly attempts: number;
  readonly failed: number;
}

/** A value that holds more of the failures than of the attempts. */
export interface Explanation {
  readonly dimension: string;
  readonly value: string;
  readonly attempts: number;
  readonly failed: number;
  /** Parts of all failures and of all attempts of the window, before earlier explanations are taken out. */
  readonly shareOfFailed: number;
  readonly shareOfAttempts: number;
  /** shareOfFailed / shareOfAttempts. */
  readonly lift: number;
  /** Failures beyond what the rest of the calls would have had. */
  readonly excess: number;
  /** ln of how unlikely that is by chance, less the number of values that were looked at (Bonferroni). */
  readonly score: number;
}

export interface ExplainOptions {
  /** Nats beyond chance: e⁻⁵ is less than one in a hundred explanations of nothing. */
  readonly least: number;
  /** A value with less of the failures than this explains nothing, however odd it is. */
  readonly share: number;
  readonly most: number;
}

const DEFAULTS: ExplainOptions = { least: 5, share: 0.2, most: 3 };
/** What fails under another name fails as much: dimensions that name the same calls are told once. */
const LEAST_LIFT = 1.3;

/**
 * Which values explain a spike, the one with most failures beyond the rest first. After each, its rows are taken out and
 * the rest is asked again, so that a node is not named for the trunk that is behind it. Empty when failures are spread like
 * the attempts: then it is no single trunk, node, cause, prefix or tenant.
 *
 * A dimension that only failed calls have a value of (cause) is compared in what it holds of the failures with `usual`, its
 * part of them in quiet times.
 */
export function explainSpike(
  rows: readonly CountedRow[],
  usual: Readonly<Record<string, Readonly<Record<string, number>>>> = {},
  options: Partial<ExplainOptions> = {},
): Explanation[] {
  const { least, share, most } = { ...DEFAULTS, ...options };
  const all = totals(rows);
  const found: Explanation[] = [];
  let rest = rows;
  while (found.length < most) {
    const now = totals(rest);
    if (now.failed === 0) break;
    const candidates = byValue(rest);
    const penalty = Math.log(Math.max(1, candidates.length));
    let best: Explanation | undefined;
    for (const { dimension, value, attempts, failed } of candidates) {
      const among = usual[dimension];
      // Half a failure for the rest, so that a rest that never fails is not impossible.
      const elsewhere =
        among === undefined ? (now.failed - failed + 0.5) / (now.attempts - attempts + 1) : (among[value] ?? 0.01);
      const of = among === undefined ? attempts : now.failed;
      const evidence =
        among === undefined
          ? contrastScore(attempts, failed, now.attempts - attempts, now.failed - failed)
          : binomialScore(of, failed, Math.min(0.99, elsewhere));
      const score = evidence - penalty;
      const excess = failed - of * elsewhere;
      const shareOfFailed = failed / all.failed;
      const shareOfAttempts = among === undefined ? attempts / all.attempts : elsewhere;
      const lift = shareOfFailed / shareOfAttempts;
      if (score < least || shareOfFailed < share || lift < LEAST_LIFT) continue;
      if (best !== undefined && excess <= best.excess) continue;
      best = { dimension, value, attempts, failed, shareOfFailed, shareOfAttempts, lift, excess, score };
    }
    if (best === undefined) break;
    const { dimension, value } = best;
    found.push(best);
    rest = rest.filter((row) => row.values[dimension] !== value);
  }
  return found;
}

interface Totals {
  attempts: number;
  failed: number;
}

function totals(rows: readonly CountedRow[]): Totals {
  const sums = { attempts: 0, failed: 0 };
  for (const { attempts, failed } of rows) {
    sums.attempts += attempts;
    sums.failed += failed;
  }
  return sums;
}

/** Sums by dimension and value. Maps, as a value may be any text, `__proto__` too. */
function byValue(rows: readonly CountedRow[]): (Totals & { dimension: string; value: string })[] {
  const dimensions = new Map<string, Map<string, Totals>>();
  for (const { values, attempts, failed } of rows) {
    for (const [dimension, value] of Object.entries(values)) {
      const known = dimensions.get(dimension) ?? new Map<string, Totals>();
      dimensions.set(dimension, known);
      const sums = known.get(value) ?? { attempts: 0, failed: 0 };
      known.set(value, sums);
      sums.attempts += attempts;
      sums.failed += failed;
    }
  }
  return [...dimensions].flatMap(([dimension, known]) =>
    [...known].map(([value, sums]) => ({ dimension, value, ...sums })),
  );
}
