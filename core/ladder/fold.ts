import type { Line } from './lines.ts';
import type { LadderStep } from './step.ts';
import { isRefusal } from './words.ts';

/** The lines of the first and the last of `max` steps, with one line for what is between them. */
export function fold<S extends LadderStep>(lines: readonly Line<S>[], max: number): readonly Line<S>[] {
  const steps = lines.flatMap((line, at) => (line.kind === 'step' ? [{ at, step: line.row.step }] : []));
  const [head, tail] = [Math.ceil(max / 2), steps.length - Math.floor(max / 2)];
  const hidden = steps.length <= max ? [] : steps.slice(head, tail);
  const [first, last] = [hidden[0], hidden.at(-1)];
  if (first === undefined || last === undefined) return lines;
  const folded: Line<S> = {
    kind: 'fold',
    steps: hidden.length,
    overUs: last.step.atUs - first.step.atUs,
    refusals: hidden.filter(({ step }) => isRefusal(step)).length,
  };
  // What stands between the head and what is hidden, and between that and the tail, goes with what is hidden.
  const end = (steps[head - 1]?.at ?? -1) + 1;
  return [...lines.slice(0, end), folded, ...lines.slice(steps[tail]?.at ?? lines.length)];
}
