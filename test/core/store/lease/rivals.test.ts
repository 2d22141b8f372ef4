import { expect, test } from 'vitest';
import type { LeaseRow } from '../../../../core/store/lease/lease-rows.ts';
import { createRivals } from '../../../../core/store/lease/rivals.ts';

const held = (beat: number): LeaseRow => ({ holder: 'other', state: 'held', term: 1, beat });
const DEAD_MS = 2000;

test('a holder that was seen by a reading of many seconds is alive from the end of it', () => {
  const rivals = createRivals('me', DEAD_MS);
  // The row may have been written a moment before the answer.
  rivals.alive([held(1)], 0, 6000);
  expect(rivals.alive([held(1)], 6400, 6410)).toEqual([held(1)]);
  expect(rivals.alive([held(1)], 7990, 8000)).toEqual([held(1)]);
  expect(rivals.alive([held(1)], 8000, 8010)).toEqual([]);
});

test('a holder that did not move is not dead because the reading that says so took long', () => {
  const rivals = createRivals('me', DEAD_MS);
  rivals.alive([held(1)], 0, 10);
  // It was read at some moment after 100; what was written since is not in it.
  expect(rivals.alive([held(1)], 100, 5000)).toEqual([held(1)]);
  expect(rivals.alive([held(2)], 5100, 5110)).toEqual([held(2)]);
});

test('a holder whose beat moves stays alive', () => {
  const rivals = createRivals('me', DEAD_MS);
  for (let beat = 1; beat < 10; beat++) {
    expect(rivals.alive([held(beat)], beat * 1900, beat * 1900 + 5)).toEqual([held(beat)]);
  }
});
