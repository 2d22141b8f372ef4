/** Tells equal things apart by their order. */
export interface Ordinals {
  /** How often this id came up before: 0 for the first time. */
  next(id: string): number;
}

/** @param remembered how many different ids it remembers at least; it keeps up to twice as many */
export function createOrdinals(remembered: number): Ordinals {
  let recent = new Map<string, number>();
  let older = new Map<string, number>();
  return {
    next(id) {
      const seen = recent.get(id) ?? older.get(id) ?? 0;
      if (recent.size >= remembered) {
        older = recent;
        recent = new Map();
      }
      recent.set(id, seen + 1);
      return seen;
    },
  };
}
