/**
 * What a recording says to be one call (or one registration, message, subscription): every identifier of it, and
 * nothing else, is to be found from each of them.
 */
export interface TrueGroup {
  /** How a person finds it in the recording. */
  readonly label: string;
  readonly identifiers: readonly string[];
}

/** The answer to one identifier: all identifiers of the call it led to, or undefined when it led to none. */
export type Answers = ReadonlyMap<string, readonly string[] | undefined>;

export interface Pair {
  readonly label: string;
  readonly asked: string;
  /** The same as `asked` for an identifier without others that was not found at all. */
  readonly other: string;
}

export interface Score {
  /** Pairs of different identifiers of one call, in both directions. */
  readonly expected: number;
  readonly found: number;
  readonly right: number;
  /** right / found; 1 when nothing was found. */
  readonly precision: number;
  /** right / expected; 1 when nothing was expected. */
  readonly recall: number;
  readonly missing: readonly Pair[];
  readonly wrong: readonly Pair[];
  /** Found, but in no part of the truth: neither right nor wrong. */
  readonly unknown: readonly Pair[];
}

/**
 * Compares answers with the truth over pairs (asked identifier, found identifier). An identifier that has no others
 * makes no pair, but one missing pair with itself when it was not found.
 *
 * @param outsiders identifiers that the truth knows and that belong to no group: finding one is wrong
 */
export function scoreOf(groups: readonly TrueGroup[], answers: Answers, outsiders: ReadonlySet<string>): Score {
  const known = new Set([...groups.flatMap(({ identifiers }) => identifiers), ...outsiders]);
  const missing: Pair[] = [];
  const wrong: Pair[] = [];
  const unknown: Pair[] = [];
  let expected = 0;
  let right = 0;
  for (const { label, identifiers } of groups) {
    const own = new Set(identifiers);
    for (const asked of own) {
      const answer = answers.get(asked);
      const found = new Set(answer ?? []);
      // An answer that does not name what was asked for is no answer to it, whatever else it says.
      const isFound = answer !== undefined && found.has(asked);
      const others = own.size === 1 && !isFound ? [asked] : [...own].filter((one) => one !== asked);
      expected += others.length;
      for (const other of others) {
        if (found.has(other)) right++;
        else missing.push({ label, asked, other });
      }
      for (const other of found) {
        if (own.has(other)) continue;
        (known.has(other) ? wrong : unknown).push({ label, asked, other });
      }
    }
  }
  const found = right + wrong.length;
  return {
    expected,
    found,
    right,
    precision: found === 0 ? 1 : right / found,
    recall: expected === 0 ? 1 : right / expected,
    missing,
    wrong,
    unknown,
  };
}

/** True when everything was found and nothing else. */
export const isPerfect = ({ missing, wrong }: Score): boolean => missing.length === 0 && wrong.length === 0;
