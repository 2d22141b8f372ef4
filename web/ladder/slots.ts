/** The element of a line. When that has gone out of sight it shows another one, which costs less than a new element. */
export interface Slot {
  /** Of the line that it shows. */
  index: number;
  /** Lines of one shape have the same elements inside. */
  shape: string;
}

/**
 * The elements for these lines, each once: whose line is still wanted keeps it, whose line is not shows another one of its shape,
 * and what is left over goes. They stay in their order, so that none is moved in the document, and new ones come last.
 */
export function slotsFor(
  slots: readonly Slot[],
  wanted: readonly number[],
  shapeOf: (index: number) => string,
): readonly Slot[] {
  const missing = new Set(wanted);
  const used = new Set<Slot>();
  for (const slot of slots) {
    if (!missing.delete(slot.index)) continue;
    slot.shape = shapeOf(slot.index);
    used.add(slot);
  }
  const free = slots.filter((slot) => !used.has(slot));
  const added: Slot[] = [];
  for (const index of missing) {
    const shape = shapeOf(index);
    const slot = free.find((one) => one.shape === shape && !used.has(one));
    if (slot === undefined) added.push({ index, shape });
    else {
      slot.index = index;
      used.add(slot);
    }
  }
  return [...slots.filter((slot) => used.has(slot)), ...added];
}
