import { turn } from './turn.ts';

/**
 * Work that is long for one turn of the event loop: it yields where others may have one. Between two yields it does about as
 * much whatever there is to do.
 */
export type Work<T> = Generator<undefined, T, undefined>;

/** Does the work with a turn for everybody else at each yield. */
export async function inTurns<T>(work: Work<T>): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await turn();
  }
}

/** Does all of it at once. */
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** A list through `of`, so many at a time. */
export function* mapped<T, U>(list: readonly T[], slice: number, of: (one: T, at: number) => U): Work<U[]> {
  const all: U[] = [];
  for (const [at, one] of list.entries()) {
    if (at > 0 && at % slice === 0) yield;
    all.push(of(one, at));
  }
  return all;
}
