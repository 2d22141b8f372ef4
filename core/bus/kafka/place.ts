/**
 * What a reader writes down with the offset of a partition, as text in the commit's metadata: up to where the messages are
 * one batch that was handed over and may be stored, and the last record of each journal that came before the offset.
 */
export interface Place {
  /** Offset behind the batch; that of the commit itself when nothing is on its way. */
  readonly to: number;
  /** Journal → number of its last record; the journal that was heard of last is the last entry. */
  readonly seen: ReadonlyMap<string, number>;
}

/** Brokers take 4096 bytes unless told otherwise (`offset.metadata.max.bytes`). */
const MAX_TEXT = 3900;

/** Of too many journals those are left out that were not heard of for the longest. */
export function placeText({ to, seen }: Place): string {
  const entries = [...seen].map(([journal, number]) => `${journal}:${number}`);
  let size = String(to).length;
  let first = entries.length;
  while (first > 0 && size + entries[first - 1]!.length < MAX_TEXT) size += entries[--first]!.length + 1;
  return [String(to), ...entries.slice(first)].join(' ');
}

/** What `placeText` wrote; nothing of what another program wrote. */
export function readPlace(text: string | null | undefined, offset: number): Place {
  const [to, ...entries] = (text ?? '').split(' ');
  const seen = new Map<string, number>();
  for (const entry of entries) {
    const [journal = '', number] = entry.split(':');
    if (Number.isSafeInteger(Number(number))) seen.set(journal, Number(number));
  }
  const end = to === '' ? Number.NaN : Number(to);
  return { to: Number.isSafeInteger(end) && end >= offset ? end : offset, seen };
}
