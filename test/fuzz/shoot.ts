import { reasonOf } from '../../core/runtime/reason.ts';
import { createRandom } from '../replay/random.ts';
import type { Fuzz } from './fuzz.ts';
import { startTarget } from './target.ts';
import type { Held } from './target-process.ts';

const fixture = (name: string): string => `${import.meta.dirname}/../collector/hep/fixtures/${name}`;

/** What is kept per connection, statement or sender that was heard once is warm after this many rounds of each. */
const WARM_UP = 2;
/** What the process may hold more than after the warm-up: caches that fill up to their bounds. */
const MOST_BYTES = 48 * 1024 * 1024;
/** Connections to the store that are kept for a while. */
const MOST_FILES = 16;
/** Nobody is held up for so long by what another one sends or asks; of a machine that has other work to do, too. */
const LONGEST_TURN_MS = 10_000;

export interface ShootOptions {
  readonly seed: number;
  /** How long; at least every one comes once after the warm-up. */
  readonly seconds: number;
  readonly more?: Readonly<Record<string, unknown>>;
  readonly say?: (text: string) => void;
}

export interface Shot {
  /** What is not as it should be, a sentence each. */
  readonly wrong: readonly string[];
  readonly rounds: number;
}

/** With what is behind it: fast-check tells the case, and as its cause what was wrong with it. */
const why = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? `${reasonOf(error)}\n${why(error.cause)}` : reasonOf(error);

/**
 * Is hostile in all these ways, one after the other, and after each round asks whether the process still serves others. In
 * the end it has to hold no more than after the first rounds, and to have stored what its neighbour sent.
 */
export async function shoot(
  fuzzes: readonly Fuzz[],
  { seed, seconds, more = {}, say = () => {} }: ShootOptions,
): Promise<Shot> {
  const wrong: string[] = [];
  const target = await startTarget({ cert: fixture('tls-cert.pem'), key: fixture('tls-key.pem') }, more);
  const random = createRandom(seed);
  let rounds = 0;
  const round = async (fuzz: Fuzz): Promise<void> => {
    try {
      await fuzz.round(target, random);
      await target.neighbour.served();
      rounds += 1;
    } catch (error) {
      const problem = `${fuzz.name}, round ${rounds}, seed ${seed}: ${why(error)}`;
      say(problem);
      wrong.push(problem);
    }
  };
  const all = async (): Promise<void> => {
    for (const fuzz of fuzzes) if (target.isRunning()) await round(fuzz);
  };
  const held = async (): Promise<Held> => {
    const now = await target.held();
    if (now.longestTurnMs > LONGEST_TURN_MS)
      wrong.push(`others waited ${Math.round(now.longestTurnMs)} ms for one turn`);
    return now;
  };
  try {
    for (let i = 0; i < WARM_UP; i++) await all();
    const before = await held();
    const until = performance.now() + seconds * 1000;
    let told = performance.now();
    do {
      await all();
      if (performance.now() - told > 60_000) {
        told = performance.now();
        const { bytes, files, longestTurnMs } = await held();
        say(
          `${rounds} rounds, ${wrong.length} wrong, ${Math.round(bytes / 1e6)} MB, ${files} files, longest turn ${Math.round(longestTurnMs)} ms`,
        );
      }
    } while (performance.now() < until && target.isRunning() && wrong.length < 10);
    for (const fuzz of fuzzes) await fuzz.close?.();
    if (target.isRunning()) {
      const after = await held();
      say(
        `held ${Math.round(before.bytes / 1e6)} MB and ${before.files} files, then ${Math.round(after.bytes / 1e6)} MB and ${after.files}`,
      );
      if (after.bytes - before.bytes > MOST_BYTES)
        wrong.push(`it holds ${after.bytes - before.bytes} bytes more than before`);
      if (after.files - before.files > MOST_FILES)
        wrong.push(`it has ${after.files} files open, before ${before.files}`);
    }
  } catch (error) {
    wrong.push(error instanceof Error ? `${error.message}\n${target.output()}` : String(error));
  } finally {
    wrong.push(...(await target.stop()));
  }
  return { wrong, rounds };
}
