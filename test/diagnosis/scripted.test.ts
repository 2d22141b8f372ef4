import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPlayed } from './played.ts';
import { SCRIPTS } from './scripts/all.ts';

/** Calls whose fault is known because it was made: what is said of them, and what it rests on. */
describe('scripted calls', () => {
  let played: Awaited<ReturnType<typeof openPlayed>>;
  beforeAll(async () => {
    played = await openPlayed(SCRIPTS);
  }, 120_000);
  afterAll(() => played.close());

  test('are at least 45 with a fault and 45 that are healthy', () => {
    const faults = SCRIPTS.filter((script) => script.expect.length > 0).length;
    expect(faults).toBeGreaterThanOrEqual(45);
    expect(SCRIPTS.length - faults).toBeGreaterThanOrEqual(45);
  });

  test.each(SCRIPTS.map((script) => [script.expect.join(' and ') || 'nothing', script.name, script] as const))(
    'says %s of %s',
    async (_verdicts, _name, script) => {
      const { answer, isStored, without } = await played.diagnosed(script);
      const ids = [...new Set(answer.verdicts.map(({ id }) => id))];
      expect(ids.sort()).toEqual([...script.expect].sort());
      for (const { id, evidence } of answer.verdicts) {
        expect(evidence.length, `${id} cites something`).toBeGreaterThan(0);
        expect(evidence.filter((cited) => !isStored(cited))).toEqual([]);
        const ofId = answer.verdicts.filter((verdict) => verdict.id === id).flatMap((verdict) => verdict.evidence);
        expect(without(ofId).map((verdict) => verdict.id)).not.toContain(id);
      }
    },
  );
});
