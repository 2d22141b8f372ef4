import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Slot, slotsFor } from '../../web/ladder/slots.ts';

const shapeOf = (index: number): string => (index % 3 === 0 ? 'arrow' : 'mark');
const lines = fc.uniqueArray(fc.nat(40), { maxLength: 20 });
const shown = (slots: readonly Slot[]): number[] => slots.map(({ index }) => index);

describe('the elements of lines that scroll', () => {
  test('show each line that is wanted once, whatever was shown before', () => {
    fc.assert(
      fc.property(fc.array(lines), (turns) => {
        let slots: readonly Slot[] = [];
        for (const wanted of turns) {
          const before = new Map(slots.map((slot) => [slot.index, slot]));
          const order = slots;
          slots = slotsFor(slots, wanted, shapeOf);
          expect(shown(slots).toSorted((a, b) => a - b)).toEqual(wanted.toSorted((a, b) => a - b));
          for (const slot of slots) expect(slot.shape).toBe(shapeOf(slot.index));
          // What stays in sight stays what it is.
          for (const slot of slots) if (before.has(slot.index)) expect(before.get(slot.index)).toBe(slot);
          // Nothing is moved: what was there stands in its order, and before what is new.
          const old = slots.filter((slot) => order.includes(slot));
          expect(slots.slice(0, old.length)).toEqual(old);
          expect(old).toEqual(order.filter((slot) => old.includes(slot)));
        }
      }),
    );
  });

  test('are used again for lines of the same shape', () => {
    const first = slotsFor([], [0, 1, 2, 3], shapeOf);
    const next = slotsFor(first, [2, 3, 4, 6], shapeOf);
    expect(new Set(next)).toEqual(new Set(first));
    expect(shown(next)).toEqual([6, 4, 2, 3]);
  });

  test('of a shape that is not wanted any more are gone', () => {
    const first = slotsFor([], [1, 2, 4], shapeOf);
    const next = slotsFor(first, [3, 6, 9], shapeOf);
    expect(next.some((slot) => first.includes(slot))).toBe(false);
    expect(next).toHaveLength(3);
  });
});
