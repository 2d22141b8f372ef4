/** What the values beyond the bound are counted under. */
export const OTHER = 'other';
/** Longer ones are cut: a label is a name, and what a message says may be a book. */
const MAX_LENGTH = 100;

/** Values of one label, no more of them than there is room for. */
export interface LabelValues {
  /**
   * The value to count under. First come, first served; values that nobody named (addresses) get at most half of the
   * room, so that a thousand telephones leave some for the trunks.
   */
  of(value: string, named?: boolean): string;
}

/** @param onFold called each time that something is counted as "other" for want of room */
export function createLabelValues(max: number, onFold: () => void): LabelValues {
  const known = new Set<string>();
  let unnamed = 0;
  return {
    of(value, named = true) {
      const clean = cleanValue(value);
      if (known.has(clean)) return clean;
      if (known.size >= max || (!named && unnamed >= Math.floor(max / 2))) {
        onFold();
        return OTHER;
      }
      known.add(clean);
      if (!named) unnamed++;
      return clean;
    },
  };
}

/** Labels go into alerts, mails and links: no control characters, no half of a surrogate pair, no end of line. */
function cleanValue(value: string): string {
  const clean = value
    .slice(0, 2 * MAX_LENGTH)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  const cut = [...clean].slice(0, MAX_LENGTH).join('');
  return cut === '' ? 'unknown' : cut;
}
