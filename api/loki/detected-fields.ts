import { type Line, type Plan, readLines } from './lines.ts';
import type { Window } from './read-times.ts';

/** Lines that fields are looked for in. */
const SAMPLE = 1000;

export interface DetectedField {
  readonly label: string;
  readonly type: 'string' | 'int';
  readonly cardinality: number;
  readonly parsers: readonly string[];
}

/** The structured metadata of the newest lines. */
export async function readFields(plan: Plan, window: Window, limit: number): Promise<DetectedField[]> {
  const values = valuesOf(await readLines(plan, { window, limit: SAMPLE, direction: 'backward' }));
  return [...values]
    .map(([label, found]) => ({
      label,
      type: [...found].every((value) => /^\d{1,15}$/.test(value)) ? ('int' as const) : ('string' as const),
      cardinality: found.size,
      parsers: [],
    }))
    .sort((a, b) => (a.label < b.label ? -1 : 1))
    .slice(0, limit);
}

/** The values that one field has in the newest lines. */
export async function readFieldValues(plan: Plan, window: Window, field: string, limit: number): Promise<string[]> {
  const values = valuesOf(await readLines(plan, { window, limit: SAMPLE, direction: 'backward' }));
  return [...(values.get(field) ?? [])].sort().slice(0, limit);
}

function valuesOf(lines: readonly Line[]): Map<string, Set<string>> {
  const values = new Map<string, Set<string>>();
  for (const { metadata } of lines) {
    for (const [label, value] of Object.entries(metadata)) {
      const known = values.get(label) ?? new Set<string>();
      known.add(value);
      values.set(label, known);
    }
  }
  return values;
}
