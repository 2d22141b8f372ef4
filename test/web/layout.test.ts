import { describe, expect, test } from 'vitest';
import { layout, type Shape } from '../../core/ladder/layout.ts';
import { letterOf, threadsOf } from '../../core/ladder/threads.ts';
import type { Step } from '../../web/api.ts';
import { call, ladder } from './fixtures.ts';

const lanes = ['a', 'b', 'c', 'd'].map((id) => ({ id, name: id, addresses: [] }));
const model = ladder.steps[0]!;
const step = (change: Partial<Step>): Step => ({ ...model, callId: null, channel: null, ...change });
const nobody = threadsOf([], []);

const shapeOf = (change: Partial<Step>): Shape => layout(lanes, [step(change)], nobody)[0]!.shape;

describe('shape of a step', () => {
  test('a message to a later lane points right and spans the lanes between', () => {
    expect(shapeOf({ from: 'a', to: 'c' })).toEqual({ kind: 'arrow', left: 0, span: 2, points: 'right' });
  });

  test('a message to an earlier lane starts at the same left end and points left', () => {
    expect(shapeOf({ from: 'd', to: 'b' })).toEqual({ kind: 'arrow', left: 1, span: 2, points: 'left' });
  });

  test('a message from a host to itself is a loop on its lane', () => {
    expect(shapeOf({ from: 'b', to: 'b' })).toEqual({ kind: 'loop', lane: 1, text: 'right' });
  });

  test('a message of which one end is unknown is a mark on the other, never an arrow to nowhere', () => {
    expect(shapeOf({ from: 'b', to: null })).toMatchObject({ kind: 'mark', lane: 1 });
    expect(shapeOf({ from: null, to: 'c' })).toMatchObject({ kind: 'mark', lane: 2 });
    expect(shapeOf({ from: 'no such lane', to: 'c' })).toMatchObject({ kind: 'mark', lane: 2 });
  });

  test('an event and a log line are marks, with the text on the side that has more room', () => {
    expect(shapeOf({ kind: 'event', from: 'a', to: null })).toEqual({ kind: 'mark', lane: 0, text: 'right' });
    expect(shapeOf({ kind: 'log', from: 'd', to: null })).toEqual({ kind: 'mark', lane: 3, text: 'left' });
  });

  test('the text of a single lane stands on its right', () => {
    const [only] = layout([lanes[0]!], [step({ kind: 'event', from: 'a', to: null })], nobody);
    expect(only!.shape).toEqual({ kind: 'mark', lane: 0, text: 'right' });
  });

  test('a gap goes across all lanes although it has one', () => {
    expect(shapeOf({ kind: 'gap', from: 'b', to: null })).toEqual({ kind: 'band' });
  });

  test('a step whose lanes are unknown is still shown, across all lanes', () => {
    expect(shapeOf({ from: null, to: null })).toEqual({ kind: 'band' });
    expect(shapeOf({ kind: 'event', from: 'elsewhere', to: null })).toEqual({ kind: 'band' });
  });
});

describe('rows', () => {
  test('keep the given order and tell the time since the row above, which may be negative', () => {
    const steps = [1000, 4000, 3500].map((atUs, index) => step({ id: `s${index}`, atUs }));
    const rows = layout(lanes, steps, nobody);
    expect(rows.map((row) => row.step.id)).toEqual(['s0', 's1', 's2']);
    expect(rows.map((row) => row.deltaUs)).toEqual([undefined, 3000, -500]);
  });

  test('every step of a call has a row and every message between two hosts an arrow', () => {
    const rows = layout(ladder.lanes, ladder.steps, threadsOf(call.legs, ladder.steps));
    expect(rows).toHaveLength(ladder.steps.length);
    for (const { step: one, shape } of rows) {
      if (one.kind === 'message' && one.from !== one.to) expect(shape.kind).toBe('arrow');
      if (shape.kind === 'arrow') expect(shape.left + shape.span).toBeLessThan(ladder.lanes.length);
    }
  });
});

describe('threads', () => {
  const leg = (callId: string | null, ...uuids: string[]) => ({
    id: callId ?? uuids[0] ?? '',
    callId,
    channels: uuids.map((uuid) => ({ uuid })),
  });

  test('letter legs in their order and give a leg one letter under all its names', () => {
    const threads = threadsOf([leg('one@a', 'u1'), leg('two@a', 'u2', 'u3'), leg(null, 'u4')], []);
    expect(threads.all.map((thread) => thread.letter)).toEqual(['A', 'B', 'C']);
    expect(threads.find('u1')).toBe(threads.find('one@a'));
    expect(threads.find('u3')?.letter).toBe('B');
    expect(threads.find('u4')?.letter).toBe('C');
    expect(threads.find('stranger')).toBeUndefined();
    expect(threads.find(null)).toBeUndefined();
  });

  test('go on with what only steps name, and join a Call-ID and a channel that one step names together', () => {
    const threads = threadsOf(
      [leg('one@a')],
      [
        { callId: 'late@a', channel: 'u9' },
        { callId: null, channel: 'u9' },
      ],
    );
    expect(threads.all.map((thread) => thread.id)).toEqual(['one@a', 'late@a']);
    expect(threads.find('u9')?.letter).toBe('B');
  });

  test('stay the same when steps are filtered, since they are made from all of them', () => {
    const threads = threadsOf(call.legs, ladder.steps);
    const [row] = layout(ladder.lanes, [ladder.steps.at(-1)!], threads);
    expect(row!.thread?.letter).toBe('A');
  });

  test('a Call-ID named like a property of every object is a name like any other', () => {
    const threads = threadsOf([leg('__proto__'), leg('constructor')], []);
    expect(threads.find('__proto__')?.letter).toBe('A');
    expect(threads.find('constructor')?.letter).toBe('B');
    expect(threads.find('toString')).toBeUndefined();
  });

  test('more than 26 legs go on with two letters and repeat colours', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(letterOf)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
    const threads = threadsOf(
      Array.from({ length: 30 }, (_, index) => leg(`c${index}`)),
      [],
    );
    expect(new Set(threads.all.map((thread) => thread.letter)).size).toBe(30);
    expect(Math.max(...threads.all.map((thread) => thread.colour))).toBe(7);
  });
});
