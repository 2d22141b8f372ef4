import type { LadderStep } from './step.ts';

export interface LinesAround<S> {
  /** The line itself among those before and after it. */
  readonly steps: readonly S[];
  /** How many more there are on either side. */
  readonly before: number;
  readonly after: number;
}

/** The log lines of one host around one of them, `count` on either side at most. */
export function linesAround<S extends LadderStep>(step: S, steps: readonly S[], count: number): LinesAround<S> {
  const lines = steps.filter(({ kind, from }) => kind === 'log' && from === step.from);
  const at = lines.findIndex(({ id }) => id === step.id);
  if (at === -1) return { steps: [], before: 0, after: 0 };
  const [first, end] = [Math.max(0, at - count), Math.min(lines.length, at + count + 1)];
  return { steps: lines.slice(first, end), before: first, after: lines.length - end };
}
