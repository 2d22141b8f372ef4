import { diffArrays } from 'diff';

/** A run of a text that both have, that only the earlier one has, or only the later one. */
export interface Piece {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

/** One value of a field in two texts. */
export interface Difference {
  /** "" for what has no name: a start line, a line of text. */
  readonly name: string;
  readonly kind: 'same' | 'changed' | 'gone' | 'new';
  readonly pieces: readonly Piece[];
}

/** More changes than these are no longer looked for one by one: what differs that much is shown as replaced. */
const MOST_EDITS = 400;

/** The values of one field of two texts in their order: what is in both, what has become something else, what came and went. */
export function compareValues(
  name: string,
  before: readonly string[],
  after: readonly string[],
): readonly Difference[] {
  const differences: Difference[] = [];
  for (const { both, gone, come } of runsOf([...before], [...after])) {
    for (const text of both) differences.push({ name, kind: 'same', pieces: [{ kind: 'same', text }] });
    const pairs = Math.min(gone.length, come.length);
    for (let at = 0; at < pairs; at++) {
      differences.push({ name, kind: 'changed', pieces: compareWords(gone[at] ?? '', come[at] ?? '') });
    }
    for (const text of gone.slice(pairs)) differences.push({ name, kind: 'gone', pieces: [{ kind: 'gone', text }] });
    for (const text of come.slice(pairs)) differences.push({ name, kind: 'new', pieces: [{ kind: 'new', text }] });
  }
  return differences;
}

/** The values of a field whose order says nothing: what is in both together, and together what is in one of them. */
export function compareSets(name: string, before: readonly string[], after: readonly string[]): readonly Difference[] {
  const [a, b] = [new Set(before), new Set(after)];
  const listOf = (kind: Piece['kind'], values: readonly string[]): Piece => ({ kind, text: values.join(', ') });
  const both = listOf(
    'same',
    [...a].filter((value) => b.has(value)),
  );
  const gone = listOf(
    'gone',
    [...a].filter((value) => !b.has(value)),
  );
  const come = listOf(
    'new',
    [...b].filter((value) => !a.has(value)),
  );
  const other = [gone, come].filter(({ text }) => text !== '');
  const kind = other.length === 2 ? 'changed' : other[0] === gone ? 'gone' : 'new';
  return [
    ...(both.text === '' ? [] : [{ name, kind: 'same', pieces: [both] } as const]),
    ...(other.length === 0 ? [] : [{ name, kind, pieces: other } as const]),
  ];
}

/** Words, addresses and numbers are one each; white space is one; so is any other sign. */
const WORD = /[\p{L}\p{N}_.%+~-]+|\s+|[\s\S]/gu;
/** Texts of which less than that is alike share nothing but punctuation. */
const LEAST_ALIKE = 0.25;

/** Two texts by their words. */
export function compareWords(before: string, after: string): readonly Piece[] {
  if (before === after) return [{ kind: 'same', text: before }];
  const pieces = runsOf(before.match(WORD) ?? [], after.match(WORD) ?? []).flatMap(({ both, gone, come }): Piece[] => [
    { kind: 'same', text: both.join('') },
    { kind: 'gone', text: gone.join('') },
    { kind: 'new', text: come.join('') },
  ]);
  const alike = pieces.reduce((sum, { kind, text }) => sum + (kind === 'same' ? lettersOf(text) : 0), 0);
  if (alike < LEAST_ALIKE * Math.max(lettersOf(before), lettersOf(after))) {
    return [
      { kind: 'gone', text: before },
      { kind: 'new', text: after },
    ];
  }
  return pieces.filter(({ text }) => text !== '');
}

const lettersOf = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

interface Run {
  readonly both: readonly string[];
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

/** What both have, and then what took the place of what, again and again. */
function runsOf(before: string[], after: string[]): readonly Run[] {
  const changes = diffArrays(before, after, { maxEditLength: MOST_EDITS });
  if (changes === undefined) return [{ both: [], gone: before, come: after }];
  const runs: { both: string[]; gone: string[]; come: string[] }[] = [];
  for (const { value, added, removed } of changes) {
    if (!added && !removed) runs.push({ both: value, gone: [], come: [] });
    else {
      if (runs.length === 0) runs.push({ both: [], gone: [], come: [] });
      (added ? runs.at(-1)?.come : runs.at(-1)?.gone)?.push(...value);
    }
  }
  return runs;
}
