import { describe, expect, it } from 'vitest';
import { createOrdinals } from '../../collector/ordinals.ts';

describe('createOrdinals', () => {
  it('counts each id on its own', () => {
    const ordinals = createOrdinals(10);
    expect(['a', 'b', 'a', 'a', 'b'].map((id) => ordinals.next(id))).toEqual([0, 0, 1, 2, 1]);
  });

  it('remembers as many ids as it was told, and forgets those that are older than twice as many', () => {
    const ordinals = createOrdinals(3);
    for (const id of ['a', 'b', 'c', 'd']) ordinals.next(id);
    expect(ordinals.next('a')).toBe(1);
    for (const id of ['e', 'f', 'g', 'h', 'i', 'j']) ordinals.next(id);
    expect(ordinals.next('b')).toBe(0);
  });
});
