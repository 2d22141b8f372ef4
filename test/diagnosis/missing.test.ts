import { describe, expect, it } from 'vitest';
import type { Missing } from '../../core/diagnosis/missing/missing.ts';
import { type HeardFact, LEARN_US, outagesOf } from '../../core/diagnosis/missing/outages.ts';
import { weigh } from '../../core/diagnosis/missing/weigh.ts';
import type { Verdict, VerdictId } from '../../core/diagnosis/verdict.ts';

const MINUTE = 60_000_000;
const CALL = 30_000_000 * MINUTE;

/** Heard in each third of these minutes before and behind the beginning of a call. */
const heard = (name: string, from: number, to: number, thirds = 7): HeardFact[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ minute: CALL / MINUTE + from + i, kind: 'sensor', name, thirds }));

describe('silence of somebody who is usually heard', () => {
  const during = (facts: readonly HeardFact[]) => outagesOf(facts, CALL, CALL + 10 * MINUTE);

  it('is told from when to when', () => {
    expect(during([...heard('hep 101', -60, 2), ...heard('hep 101', 6, 10)])).toEqual([
      { kind: 'sensor', name: 'hep 101', sinceUs: CALL + 3 * MINUTE, untilUs: CALL + 6 * MINUTE },
    ]);
  });

  it('is nothing of one who is heard now and then, nor of one who was heard for the first time just before', () => {
    expect(during(heard('hep 101', -60, -1, 1))).toEqual([]);
    expect(during(heard('hep 101', -5, 1))).toEqual([]);
    expect(during(heard('hep 101', 20, 30))).toEqual([]);
    expect(LEARN_US).toBe(60 * MINUTE);
  });

  it('is nothing while less than two thirds of a minute are missing', () => {
    const own = [...heard('hep 101', -60, 4), ...heard('hep 101', 5, 5, 5), ...heard('hep 101', 6, 10)];
    expect(during(own)).toEqual([]);
  });
});

describe('a verdict where evidence is missing', () => {
  const verdict = (id: VerdictId, leg = 'a'): Verdict => ({
    ...{ id, leg, sentence: '', cause: 'signalling', side: 'caller', confidence: 0.95, refutedBy: '', next: '' },
    evidence: [{ table: 'messages', id: '1', atUs: CALL, says: '200 OK' }],
    checked: ['No ACK was seen.'],
  });
  const missing = (one: Partial<Missing> = {}): Missing => ({
    ...{ id: 'sensor_incomplete', source: 'hep 201', stream: 'packets', legs: ['a'], hops: [], sentence: '' },
    ...{ sinceUs: CALL - MINUTE, untilUs: CALL + MINUTE, evidence: [], ...one },
  });

  it('is worth less when it rests on what was not seen, and says whose evidence is missing', () => {
    const [weighed] = weigh([verdict('missing_ack')], [missing()]);
    expect(weighed?.confidence).toBeLessThan(0.7);
    expect(weighed?.checked.at(-1)).toMatch(/^Not seen is no proof here: .*hep 201/);
  });

  it('stays as it is when it rests on what was seen', () => {
    expect(weigh([verdict('busy')], [missing()])).toEqual([verdict('busy')]);
  });

  it('stays as it is when what is missing is of another leg or another time', () => {
    const verdicts = [verdict('missing_ack')];
    expect(weigh(verdicts, [missing({ legs: ['b'] })])).toEqual(verdicts);
    expect(weigh(verdicts, [missing({ sinceUs: CALL + 10, untilUs: CALL + 20 })])).toEqual(verdicts);
    expect(weigh(verdicts, [missing({ legs: [], sinceUs: Number.NEGATIVE_INFINITY })])[0]?.confidence).toBeLessThan(
      0.7,
    );
  });
});
