import type { VerdictId } from '../../core/diagnosis/verdict.ts';
import type { Scene } from '../generate/scene.ts';

/** A call that was played on the generator's site, and what a diagnosis of it must say. */
export interface Script {
  /** A sentence: what happened. */
  readonly name: string;
  /** The verdicts, each once, in any order; empty for a healthy call, however odd. */
  readonly expect: readonly VerdictId[];
  /** Plays it; answers with the Call-ID or channel UUID to ask for. */
  play(scene: Scene): string;
}
