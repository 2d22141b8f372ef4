/** What is learnt stands for so long; then whoever asks has it learnt anew, and is answered with it still. */
const FRESH_MS = 60_000;
/** What is older than that is waited for. */
const STALE_MS = 600_000;

interface Known<T> {
  /** When it was asked for, by `nowMs`. */
  atMs: number;
  value: Promise<T>;
}

/**
 * Keeps what was learnt under a key, so many of them at most. What several ask for at once is learnt once; what could not be
 * learnt is forgotten, or stays as it was.
 *
 * @param nowMs of a clock that nobody sets
 */
export function createLearnt<T>(most: number, nowMs: () => number = () => performance.now()) {
  const known = new Map<string, Known<T>>();

  const ageOf = (key: string): number => nowMs() - (known.get(key)?.atMs ?? Number.NEGATIVE_INFINITY);
  const learnFirst = <W extends { readonly key: string }>(
    wanted: readonly W[],
    values: Promise<readonly T[]>,
  ): void => {
    for (const [i, { key }] of wanted.entries()) {
      const own: Known<T> = { atMs: nowMs(), value: values.then((all) => all[i] as T) };
      own.value.catch(() => {
        if (known.get(key) === own) known.delete(key);
      });
      known.delete(key);
      known.set(key, own);
    }
  };
  const learnAnew = <W extends { readonly key: string }>(wanted: readonly W[], values: Promise<readonly T[]>): void => {
    const own = wanted.map(({ key }) => known.get(key) as Known<T>);
    for (const one of own) one.atMs = nowMs();
    values.then(
      (all) => {
        for (const [i, one] of own.entries()) one.value = Promise.resolve(all[i] as T);
      },
      // What was learnt before stands, and is learnt anew by one who asks later.
      () => undefined,
    );
  };

  /** @param learn answers those that it is given, in their order */
  return <W extends { readonly key: string }>(
    wanted: readonly W[],
    learn: (some: readonly W[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> => {
    const missing = wanted.filter(({ key }) => ageOf(key) >= STALE_MS);
    const stale = wanted.filter(({ key }) => ageOf(key) >= FRESH_MS && ageOf(key) < STALE_MS);
    if (missing.length > 0) learnFirst(missing, learn(missing));
    const answer = Promise.all(wanted.map(({ key }) => (known.get(key) as Known<T>).value));
    if (stale.length > 0) learnAnew(stale, learn(stale));
    for (const oldest of known.keys()) if (known.size > most) known.delete(oldest);
    return answer;
  };
}
