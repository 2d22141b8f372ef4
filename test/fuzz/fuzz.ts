import type { Random } from './bytes.ts';
import type { Target } from './target.ts';

/** One way to be hostile. */
export interface Fuzz {
  readonly name: string;
  /** Some seconds of it at most. @throws when an answer is not as it should be */
  round(target: Target, random: Random): Promise<void>;
  /** Lets go of what it listens on. */
  close?(): Promise<void>;
}
