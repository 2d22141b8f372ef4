import { describe, expect, it } from 'vitest';
import { createSequenceWatch } from '../../../collector/esl/sequence.ts';
import type { GapSeen } from '../../../core/model/capture-event.ts';
import { createRandom } from '../../generate/random.ts';

const AT = 1_790_000_000_000_000;
const MS = 1000;

/** The gaps of events with these numbers, 20 ms apart by the numbers. */
function gapsOf(numbers: readonly number[], ignored: ReadonlyMap<number, number> = new Map(), core = 'c'): GapSeen[] {
  const watch = createSequenceWatch('fs1');
  return numbers.flatMap((sequence) => {
    const atUs = AT + sequence * 20 * MS;
    const gap = watch({ coreUuid: core, sequence, atUs, arrivedUs: atUs }, ignored.get(sequence) ?? 0);
    return gap === undefined ? [] : [gap];
  });
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the numbers of a switch’s events', () => {
  it('tell nothing while one or two are missing, and while neighbours change places', () => {
    const random = createRandom(4);
    const numbers = range(1, 3000).filter((n) => n % 17 !== 0 && n % 50 < 48);
    for (let i = 3; i < numbers.length; i += 2) {
      const j = i - random.int(0, 3);
      [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
    }
    expect(gapsOf(numbers)).toEqual([]);
  });

  it('tell of a gap from the last event before it to the first one behind it', () => {
    const gaps = gapsOf([...range(1, 100), ...range(161, 400)]);
    expect(gaps).toMatchObject([
      { node: 'fs1', stream: 'events', reason: 'sequence', fromUs: AT + 100 * 20 * MS, untilUs: AT + 161 * 20 * MS },
    ]);
  });

  it('have the same gap whenever it is told again, and another one for another process', () => {
    const numbers = [...range(1, 100), ...range(161, 400)];
    expect(gapsOf(numbers)).toEqual(gapsOf(numbers));
    expect(gapsOf(numbers, new Map(), 'd')[0]?.id).not.toBe(gapsOf(numbers)[0]?.id);
  });

  it('do not miss what came and was not read', () => {
    expect(gapsOf([...range(1, 100), ...range(161, 400)], new Map([[161, 60]]))).toEqual([]);
  });

  it('do not miss what only came late', () => {
    expect(gapsOf([...range(1, 100), ...range(141, 150), ...range(101, 140), ...range(151, 400)])).toEqual([]);
  });

  it('begin anew with each process', () => {
    const watch = createSequenceWatch('fs1');
    const ask = (coreUuid: string, sequence: number) =>
      watch({ coreUuid, sequence, atUs: AT + sequence, arrivedUs: AT }, 0);
    for (const sequence of range(1, 50)) expect(ask('a', sequence)).toBeUndefined();
    for (const sequence of range(5000, 5300)) expect(ask('b', sequence)).toBeUndefined();
  });
});
