import type { SearchAnswer, SearchHit } from '../api.ts';

/** Lines of a list that is followed; the oldest go when more come. */
export const MOST_FOLLOWED = 500;

export interface Followed {
  readonly calls: readonly SearchHit[];
  /** Calls of the answer that are not on the list. */
  readonly fresh: number;
  /** Older lines were dropped. */
  readonly cut: boolean;
}

/**
 * A list, newest first, after a later answer to the same question. Calls that are on it are told anew where they stand. New
 * ones come in at their place, unless the list is held: then nothing moves, and they are counted. A call that has become part
 * of another one goes, and so does one that an answer with all that match does not have any more. When more came than one
 * answer holds the list begins anew, since it would have a hole.
 */
export function follow(shown: readonly SearchHit[], { calls: answer, more }: SearchAnswer, held: boolean): Followed {
  const told = new Map(answer.map((call) => [call.id, call]));
  const stays = (id: string): boolean => told.has(id) || (held || more ? !isPartOf(id, answer) : false);
  const kept = shown.filter(({ id }) => stays(id)).map((call) => told.get(call.id) ?? call);
  const known = new Set(kept.map(({ id }) => id));
  const fresh = answer.filter(({ id }) => !known.has(id));
  if (held) return { calls: kept, fresh: fresh.length, cut: false };
  if (more && fresh.length === answer.length) return { calls: answer, fresh: fresh.length, cut: true };
  const all = [...kept, ...fresh].sort(newerFirst);
  return { calls: all.slice(0, MOST_FOLLOWED), fresh: fresh.length, cut: all.length > MOST_FOLLOWED };
}

const isPartOf = (id: string, calls: readonly SearchHit[]): boolean =>
  calls.some(({ callIds, channelUuids }) => callIds.includes(id) || channelUuids.includes(id));

/** ISO times of one form can be compared as texts. */
const newerFirst = (a: SearchHit, b: SearchHit): number => {
  const [left, right] = [a.startedAt ?? '', b.startedAt ?? ''];
  return left === right ? (a.id < b.id ? -1 : 1) : left < right ? 1 : -1;
};
