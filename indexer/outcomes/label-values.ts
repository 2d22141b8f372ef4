import { cleanValue } from '../../core/model/clean-value.ts';

/** What the values beyond the bound are counted under. */
export const OTHER = 'other';
/** Values that were cleaned before are not cleaned again; who sends more different ones than this pays for it. */
const MAX_REMEMBERED = 20_000;

/** Values of one label, no more of them than there is room for. */
export interface LabelValues {
  /**
   * The value to count under. First come, first served; values that nobody named (addresses) get at most half of the
   * room, so that a thousand telephones leave some for the trunks.
   */
  of(value: string, named?: boolean): string;
  /** How often something was counted as "other" for want of room since this was last asked. */
  takeFolded(): number;
}

export function createLabelValues(max: number): LabelValues {
  const known = new Set<string>();
  /** As it came → clean and known. */
  const remembered = new Map<string, string>();
  /** As it came and without room: what is full stays full. Names and addresses have rooms of their own. */
  const refused = [new Set<string>(), new Set<string>()] as const;
  let unnamed = 0;
  let folded = 0;
  const remember = (value: string, clean: string): string => {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(value, clean);
    return clean;
  };
  return {
    of(value, named = true) {
      const before = remembered.get(value);
      if (before !== undefined) return before;
      const full = refused[named ? 1 : 0];
      if (full.has(value)) {
        folded++;
        return OTHER;
      }
      const clean = cleanValue(value);
      if (known.has(clean)) return remember(value, clean);
      if (known.size >= max || (!named && unnamed >= Math.floor(max / 2))) {
        if (full.size >= MAX_REMEMBERED) full.clear();
        full.add(value);
        folded++;
        return OTHER;
      }
      known.add(clean);
      if (!named) unnamed++;
      return remember(value, clean);
    },
    takeFolded() {
      const times = folded;
      folded = 0;
      return times;
    },
  };
}
