import { describe, expect, test } from 'vitest';
import { drawCall } from '../../../api/export/draw.ts';
import { type ExportedCall, pageOf } from '../../../api/export/page/document.ts';
import { createEventViews } from '../../../api/export/page/events.ts';
import { textOf } from '../../../api/export/text.ts';
import { hideAnswer } from '../../../api/privacy/by-schema.ts';
import { Ladder } from '../../../api/schemas.ts';
import { DEFAULT_FILTER } from '../../../core/ladder/filter.ts';
import { createHidden } from '../../../core/privacy/hidden.ts';
import { createTokens } from '../../../core/privacy/tokens.ts';
import { atOnce, type Work } from '../../../core/runtime/in-turns.ts';
import { call, diagnosis, ladder } from '../../web/fixtures.ts';

const STEPS = 1000;
/** Steps, or rows of the picture, that may be worked on in one turn of the event loop. */
const MOST = 100;

const steps = Array.from({ length: STEPS }, (_, i) => {
  const model = ladder.steps[i % ladder.steps.length]!;
  return { ...model, id: `step${i}`, atUs: model.atUs + i * 1000 };
});
const events = steps
  .filter(({ kind }) => kind === 'event')
  .map(({ id, at }) => ({ id, at, kind: 'event', raw: '', headers: { 'Event-Name': id }, partial: false }));
const exported = {
  ...{ call, diagnosis, ladder: { ...ladder, steps }, events },
  ...{ masked: false, version: 'test' },
} as unknown as ExportedCall;

/** Counts turns of the event loop until it is stopped. */
function countTurns(): { readonly turns: number; stop(): void } {
  let turns = 0;
  let next = setImmediate(count);
  function count(): void {
    turns += 1;
    next = setImmediate(count);
  }
  return {
    get turns() {
      return turns;
    },
    stop: () => clearImmediate(next),
  };
}

const pausesOf = (work: Work<unknown>): number => [...work].length;

describe('a call of many steps that is taken along', () => {
  test('is written in many turns of the event loop, of which none writes more than some steps', async () => {
    const counted = countTurns();
    const written = new Map<number, number>();
    let page = '';
    for await (const piece of pageOf(exported)) {
      const here = piece.split('<li class="').length - 1;
      written.set(counted.turns, (written.get(counted.turns) ?? 0) + here);
      page += piece;
    }
    counted.stop();
    expect(page.match(/ id="step-step\d+"/g)).toHaveLength(STEPS);
    expect(page.endsWith('</ol>\n</section>\n</main>\n</body>\n</html>\n')).toBe(true);
    expect(Math.max(...written.values())).toBeLessThanOrEqual(MOST);
    expect([...written.values()].filter((here) => here > 0).length).toBeGreaterThanOrEqual(STEPS / MOST);
  });

  test('is drawn, read and hidden with turns for others in between', () => {
    expect(pausesOf(drawCall(exported, { theme: 'light' }))).toBeGreaterThanOrEqual(STEPS / MOST);
    expect(pausesOf(textOf(exported, DEFAULT_FILTER))).toBeGreaterThan(0);
    expect(pausesOf(createEventViews(exported.events, exported.ladder.steps))).toBe(STEPS / MOST);
    const hidden = createHidden(createTokens('a key of the tests, of more than 32 characters'));
    hidden.learnt = true;
    const few = { ...exported.ladder, steps: exported.ladder.steps.slice(0, 3 * MOST) };
    // Once to know who is in them, and once to hide.
    expect(pausesOf(hideAnswer(Ladder, few, hidden))).toBe(2 + 2);
    expect(atOnce(hideAnswer(Ladder, few, hidden))).toMatchObject({ steps: few.steps.map(({ id }) => ({ id })) });
  });
});
