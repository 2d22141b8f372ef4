import { describe, expect, it } from 'vitest';
import { linesAround } from '../../../core/ladder/log-context.ts';
import { pairsOf } from '../../../core/ladder/pairs.ts';
import type { LadderStep } from '../../../core/ladder/step.ts';
import { step } from './steps.ts';

/** A call from a phone over a proxy and a B2BUA to another phone, with its answer. */
const hop = (id: string, from: string, to: string, callId: string, change: Partial<LadderStep> = {}): LadderStep =>
  step({ id, from, to, callId, ...change });
const ok = { status: 200, title: '200 OK', detail: 'INVITE' } as const;
const CALL: readonly LadderStep[] = [
  hop('phone', 'caller', 'proxy', 'one'),
  hop('proxied', 'proxy', 'switch', 'one'),
  hop('again', 'proxy', 'switch', 'one', { retransmission: true }),
  step({ id: 'event', kind: 'event', from: 'switch', to: null, title: 'CHANNEL_CREATE', callId: 'one', channel: 'a' }),
  hop('dialled', 'switch', 'callee', 'two'),
  hop('answer', 'callee', 'switch', 'two', ok),
  hop('answered', 'switch', 'proxy', 'one', ok),
  step({ id: 'other', kind: 'event', from: 'switch', to: null, title: 'CHANNEL_CREATE', callId: 'two', channel: 'b' }),
  step({ id: 'state', kind: 'event', from: 'switch', to: null, title: 'CHANNEL_STATE', callId: 'two', channel: 'b' }),
  step({ id: 'log', kind: 'log', from: 'switch', to: null, title: 'a line', callId: null, level: 6 }),
];

const offered = (id: string): string[] =>
  pairsOf(CALL.find((one) => one.id === id)!, CALL).map(({ step: { id: other }, reason }) => `${other} ${reason}`);

describe('what a step is compared with', () => {
  it('is first what the B2BUA that received it sent on another leg', () => {
    expect(offered('proxied')[0]).toBe('dialled sent_on');
  });

  it('of what a B2BUA sent is first what it had received', () => {
    expect(offered('dialled')).toEqual(['proxied received', 'phone other_leg']);
  });

  it('is first what a proxy sent on within the leg', () => {
    expect(offered('phone')).toEqual(['proxied sent_on', 'dialled other_leg']);
  });

  it('of a response is the same response to the same method, whichever way it goes', () => {
    expect(offered('answer')).toEqual(['answered sent_on']);
    expect(offered('answered')).toEqual(['answer received']);
  });

  it('is never the step itself, nor what was only sent again', () => {
    for (const { id } of CALL)
      expect(offered(id).filter((one) => /^again /.test(one) || one.startsWith(`${id} `))).toEqual([]);
  });

  it('of an event is the one before it on its channel and those of its name, of a log line nothing', () => {
    expect(offered('event')).toEqual(['other other_leg']);
    expect(offered('state')).toEqual(['other before']);
    expect(offered('log')).toEqual([]);
  });

  it('is the nearest one on another leg where no host has both', () => {
    const far = [hop('a', 'x', 'y', 'one'), hop('b', 'p', 'q', 'two'), hop('c', 'r', 's', 'three')];
    expect(pairsOf(far[0]!, far).map(({ step: { id } }) => id)).toEqual(['b', 'c']);
  });
});

describe('the lines around a log line', () => {
  const lines = Array.from({ length: 10 }, (_, i) =>
    step({ id: `line ${i}`, kind: 'log', from: 'fs1', to: null, level: 7 }),
  );
  const steps = lines.flatMap((line, i) => [
    line,
    step({ id: `else ${i}`, kind: 'log', from: 'fs2', to: null, level: 7 }),
  ]);

  it('are those of its host, with the number of those that are left out', () => {
    const { steps: shown, before, after } = linesAround(lines[4]!, steps, 2);
    expect(shown.map(({ id }) => id)).toEqual(['line 2', 'line 3', 'line 4', 'line 5', 'line 6']);
    expect([before, after]).toEqual([2, 3]);
  });

  it('end where the log does', () => {
    const { steps: shown, before, after } = linesAround(lines[0]!, steps, 100);
    expect([shown.length, before, after]).toEqual([10, 0, 0]);
    expect(linesAround(step({ id: 'gone', kind: 'log' }), steps, 2).steps).toEqual([]);
  });
});
