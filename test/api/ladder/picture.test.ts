import { describe, expect, it } from 'vitest';
import { cut, cutStart, widthOf } from '../../../api/ladder/svg/measure.ts';
import type { Ladder } from '../../../api/schemas.ts';
import { hasClass, readXml } from '../xml.ts';
import { drawAtOnce, drawnCall, HOSTILE, lanes, OPTIONS, step, wholeLadder } from './drawing.ts';

const FONT = { size: 12 } as const;
const draw = (ladder: Ladder, change = {}) => readXml(drawAtOnce(drawnCall, ladder, { ...OPTIONS, ...change }));

describe('the picture of a ladder', () => {
  it.each(HOSTILE.map((text) => [text.slice(0, 40), text]))('takes %j for text wherever it stands', (_, text) => {
    const party = { number: text, name: text };
    const summary = { ...drawnCall.summary, from: party, to: party, hangupCause: text, tenant: text, method: text };
    const legs = drawnCall.legs.map((leg) => ({ ...leg, id: text, callId: text, from: party, to: party }));
    const steps = (['message', 'event', 'log', 'gap'] as const).map((kind, i) =>
      step({
        id: `s${i}`,
        kind,
        title: text,
        detail: text,
        flaw: text,
        callId: text,
        to: kind === 'message' ? 'b' : null,
      }),
    );
    const verdicts = [{ sentence: text, cause: 'routing' as const }];
    const ladder = { lanes: lanes(text, 'b'), steps, media: [], truncated: true };
    for (const width of [300, 1100]) {
      const drawn = drawAtOnce({ ...drawnCall, summary, legs, verdicts }, ladder, { ...OPTIONS, width });
      expect(drawn.length).toBeLessThan(40_000);
      const elements = readXml(drawn);
      const names = new Set(elements.map(({ name }) => name));
      expect([...names].sort()).toEqual([
        'desc',
        'g',
        'line',
        'path',
        'rect',
        'style',
        'svg',
        'text',
        'title',
        'tspan',
      ]);
      expect(elements.filter(hasClass('step'))).toHaveLength(4);
      expect(elements.some(({ text: one }) => /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(one))).toBe(false);
    }
  });

  it('says why the call went so, in lines within its width, with the sign of the class; of many verdicts the surest', () => {
    const sentence = 'The answer was sent eleven times and never acknowledged, so whoever had answered hung up.';
    const verdicts = [
      { sentence, cause: 'signalling' as const },
      ...['One.', 'Two.', 'Three.'].map((one) => ({ sentence: one, cause: 'normal' as const })),
    ];
    for (const width of [300, 1100]) {
      const elements = readXml(drawAtOnce({ ...drawnCall, verdicts }, wholeLadder, { ...OPTIONS, width }));
      const rows = elements.filter(hasClass('why'));
      expect(rows).toHaveLength(3);
      expect(elements.filter(({ name, parent }) => name === 'text' && parent === rows[0]).length).toBe(
        width === 300 ? 4 : 2,
      );
      expect(rows[0]?.text).toContain('⇄');
      expect(rows[1]?.text).toContain('One. (nothing is broken)');
      expect(elements.find(({ name }) => name === 'desc')?.text).toContain(sentence);
    }
    expect(readXml(drawAtOnce({ ...drawnCall, verdicts: [] }, wholeLadder, OPTIONS)).filter(hasClass('why'))).toEqual(
      [],
    );
  });

  it('keeps a retransmission that repeats nothing as a step of its own, and marks it', () => {
    const elements = draw({
      lanes: lanes('a', 'b'),
      steps: [step({ retransmission: true })],
      media: [],
      truncated: false,
    });
    expect(elements.find(hasClass('message'))?.text).toContain('again');
  });

  it('tells how much of the folded middle failed and how long it took', () => {
    const steps = Array.from({ length: 20 }, (_, i) =>
      step({ id: `s${i}`, title: `M${i}`, atUs: drawnCall.startUs + i * 1_000_000, status: i === 9 ? 503 : 200 }),
    );
    const elements = draw({ lanes: lanes('a', 'b'), steps, media: [], truncated: false }, { max: 5 });
    expect(elements.filter(hasClass('message'))).toHaveLength(5);
    expect(elements.find(hasClass('folded'))?.text).toBe('… 15 steps, 1 of them failed, over 14 s');
  });

  it('says so when the call is larger than one answer', () => {
    expect(draw({ ...wholeLadder, truncated: true }).find(hasClass('noted'))?.text).toContain('larger than one answer');
    expect(draw(wholeLadder).find(hasClass('noted'))).toBeUndefined();
  });

  it('numbers lanes that are too close to be named, and names them in a key', () => {
    const many = lanes(...Array.from({ length: 24 }, (_, i) => `host-${i}`));
    const steps = many.slice(1).map((lane, i) => step({ id: `s${i}`, from: many[i]!.id, to: lane.id }));
    const elements = draw({ lanes: many, steps, media: [], truncated: false }, { width: 400 });
    const key = elements.find(hasClass('key'))!.text;
    for (const [i, { name }] of many.entries()) expect(key).toContain(`${i + 1} ${name}`);
  });

  it('does not move lanes when the call goes on', () => {
    const names = (ladder: Ladder) => {
      const elements = draw(ladder);
      const row = elements.find(hasClass('heads'));
      return elements.filter((one) => hasClass('lane-head')(one) && one.parent === row).map(({ text }) => text);
    };
    const whole = names(wholeLadder);
    for (let count = 1; count <= wholeLadder.steps.length; count += 7) {
      const used = new Set(wholeLadder.steps.slice(0, count).flatMap(({ from, to }) => [from, to]));
      const early = names({
        lanes: wholeLadder.lanes.filter(({ id }) => used.has(id)),
        steps: wholeLadder.steps.slice(0, count),
        media: [],
        truncated: false,
      });
      expect(whole.filter((name) => early.includes(name))).toEqual(early);
    }
  });

  it('draws a call without any step', () => {
    expect(draw({ lanes: [], steps: [], media: [], truncated: false }).find(hasClass('noted'))?.text).toContain(
      'no step',
    );
  });
});

describe('text that is cut', () => {
  it('is left alone when it fits, and never wider than its room', () => {
    for (const text of ['INVITE sip:alice@example.com', ...HOSTILE]) {
      for (const room of [0, 5, 20, 80, 300]) {
        for (const shown of [cut(text, room, FONT), cutStart(text.slice(0, 2000), room, FONT)]) {
          expect(shown === '' || widthOf(shown, FONT) <= room).toBe(true);
        }
      }
    }
    expect(cut('INVITE', 100, FONT)).toBe('INVITE');
    expect(cut('INVITE sip:alice@example.com', 80, FONT)).toMatch(/^INVITE si?.*…$/);
    expect(cutStart('192.168.100.200', 50, FONT)).toMatch(/^….*200$/);
  });

  it('is not cut through what a reader takes for one letter', () => {
    const family = '👩‍👩‍👧‍👦';
    const shown = cut(family.repeat(5), widthOf(family.repeat(2), FONT) + 13, FONT);
    expect(shown).toBe(`${family.repeat(2)}…`);
  });
});
