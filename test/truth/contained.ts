import type { Recording } from '../replay/recording.ts';
import type { TrueGroup } from './score.ts';

/** True when an identifier stands anywhere in what a recording delivers. */
export function createContained({ hep, esl, ami }: Recording): (identifier: string) => boolean {
  const streams = [...esl, ...ami].flatMap(({ connections }) => connections.flat());
  const known = new Map<string, boolean>();
  return (identifier) => {
    let found = known.get(identifier);
    if (found === undefined) {
      found = [...hep, ...streams].some(({ bytes }) => bytes.includes(identifier));
      known.set(identifier, found);
    }
    return found;
  };
}

/**
 * The truth knows the wire, a recording only what was reported: a Call-ID beyond a proxy that reports its inner side
 * alone is in no packet. What nobody delivered, nobody can find. Looked up only for what was missed, as recordings are
 * large.
 */
export function withoutUndelivered(
  groups: readonly TrueGroup[],
  missed: ReadonlySet<string>,
  isContained: (identifier: string) => boolean,
): TrueGroup[] {
  return groups
    .map(({ label, identifiers }) => ({
      label,
      identifiers: identifiers.filter((one) => !missed.has(one) || isContained(one)),
    }))
    .filter(({ identifiers }) => identifiers.length > 0);
}
