import { describe, expect, it } from 'vitest';
import { fold } from '../../../core/ladder/fold.ts';
import { layout } from '../../../core/ladder/layout.ts';
import { keyOf, type Line, type LineOptions, linesOf } from '../../../core/ladder/lines.ts';
import { milestonesOf } from '../../../core/ladder/milestones.ts';
import { countRepeats } from '../../../core/ladder/repeats.ts';
import type { LadderStep } from '../../../core/ladder/step.ts';
import { runText } from '../../../core/ladder/step-words.ts';
import { threadsOf } from '../../../core/ladder/threads.ts';
import { LANES, step } from './steps.ts';

const lineKinds = (lines: readonly Line[]): string[] =>
  lines.map((line) => (line.kind === 'step' ? line.row.step.id : line.kind));

function draw(steps: readonly LadderStep[], change: Partial<LineOptions> = {}, shown = steps): readonly Line[] {
  return linesOf(layout(LANES, shown, threadsOf([], steps)), {
    ...{ pauseUs: 2_000_000, runFrom: 3, open: new Set<string>(), milestones: [], bands: [] },
    places: new Map(steps.map(({ id }, place) => [id, place])),
    ...change,
  });
}

const log = (id: string, atUs = 0, level = 7): LadderStep =>
  step({ id, atUs, kind: 'log', level, title: `line ${id}`, to: null });

describe('the lines of a ladder', () => {
  it('tell a silence as one line, from the length on that is asked for', () => {
    const steps = [step({ id: 'a', atUs: 0 }), step({ id: 'b', atUs: 1_999_999 }), step({ id: 'c', atUs: 5_000_000 })];
    expect(lineKinds(draw(steps))).toEqual(['a', 'b', 'pause', 'c']);
    expect(lineKinds(draw(steps, { pauseUs: 1_000_000 }))).toEqual(['a', 'pause', 'b', 'pause', 'c']);
    expect(lineKinds(draw(steps, { pauseUs: 0 }))).toEqual(['a', 'b', 'c']);
  });

  it('fold log lines that follow each other into one, and unfold them', () => {
    const steps = [step({ id: 'a' }), log('1'), log('2'), log('3'), step({ id: 'b' }), log('4'), log('5')];
    const [, run] = draw(steps);
    expect(lineKinds(draw(steps))).toEqual(['a', 'run', 'b', '4', '5']);
    expect(run?.kind === 'run' && runText(run.rows)).toBe('3 log lines');
    expect(lineKinds(draw(steps, { open: new Set(['1']) }))).toEqual(['a', 'run', '1', '2', '3', 'b', '4', '5']);
    expect(lineKinds(draw(steps, { runFrom: 0 }))).toEqual(['a', '1', '2', '3', 'b', '4', '5']);
  });

  it('never fold a warning, an event of note or a message', () => {
    const warning = log('w', 0, 4);
    const steps = [log('1'), log('2'), warning, log('3'), log('4')];
    expect(lineKinds(draw(steps))).toEqual(['1', '2', 'w', '3', '4']);
    const events = ['CHANNEL_STATE', 'CHANNEL_STATE', 'CODEC', 'CHANNEL_ANSWER'].map((title, i) =>
      step({ id: `e${i}`, kind: 'event', title, to: null }),
    );
    const lines = draw([...events, log('1'), log('2')]);
    expect(lineKinds(lines)).toEqual(['run', 'e3', '1', '2']);
    expect(lines[0]?.kind === 'run' && runText(lines[0].rows)).toBe('3 events');
  });

  it('break a run where something is told between its lines', () => {
    const steps = [log('1'), log('2'), log('3', 3_000_000), log('4', 3_000_000), log('5', 3_000_000)];
    expect(lineKinds(draw(steps))).toEqual(['1', '2', 'pause', 'run']);
    const milestones = [{ stepId: '3', kind: 'hold' as const, text: 'x' }];
    expect(lineKinds(draw(steps, { milestones, pauseUs: 0 }))).toEqual(['1', '2', 'milestone', 'run']);
  });

  it('hold each row once, alone or in a run, whatever is folded', () => {
    const steps = Array.from({ length: 300 }, (_, i) =>
      i % 7 < 4
        ? log(`l${i}`, i * 500_000, i % 11 === 0 ? 3 : 7)
        : step({ id: `m${i}`, atUs: i * 500_000 + (i % 13) * 300_000 }),
    );
    const milestones = steps
      .filter((_, i) => i % 17 === 0)
      .map(({ id }) => ({ stepId: id, kind: 'end' as const, text: id }));
    for (const runFrom of [0, 1, 2, 5]) {
      const lines = draw(steps, { runFrom, milestones, pauseUs: 900_000 });
      const rows = lines.flatMap((line) => (line.kind === 'step' ? [line.row] : line.kind === 'run' ? line.rows : []));
      expect(rows.map((row) => row.step.id)).toEqual(steps.map(({ id }) => id));
      expect(new Set(lines.map(keyOf)).size).toBe(lines.length);
    }
  });

  it('keep what marks a step that is not shown: before the next one that is, or at the end', () => {
    const steps = [step({ id: 'a' }), step({ id: 'b' }), step({ id: 'c' }), step({ id: 'd' })];
    const milestones = ['b', 'd'].map((stepId) => ({ stepId, kind: 'end' as const, text: stepId }));
    const shown = steps.filter(({ id }) => id === 'a' || id === 'c');
    expect(lineKinds(draw(steps, { milestones }, shown))).toEqual(['a', 'milestone', 'c', 'milestone']);
  });

  it('of a long call are the first and the last, with one for what is between them', () => {
    const steps = Array.from({ length: 10 }, (_, i) =>
      step({ id: `s${i}`, atUs: i * 3_000_000, status: i === 5 ? 486 : 200 }),
    );
    const folded = fold(draw(steps), 4);
    expect(lineKinds(folded)).toEqual(['s0', 'pause', 's1', 'fold', 's8', 'pause', 's9']);
    expect(folded[3]).toMatchObject({ kind: 'fold', steps: 6, refusals: 1, overUs: 15_000_000 });
    expect(fold(draw(steps), 10)).toHaveLength(19);
  });
});

describe('retransmissions', () => {
  const again = (id: string, atUs: number) => step({ id, atUs, retransmission: true });

  it('are counted on what they repeat, and come back when that is unfolded', () => {
    const steps = [step({ id: 'a' }), again('b', 500_000), again('c', 1_500_000)];
    const counted = countRepeats(steps);
    expect(counted.steps.map(({ id }) => id)).toEqual(['a']);
    expect(counted.sendings.get('a')).toEqual({ times: 3, overUs: 1_500_000 });
    expect([...counted.originals]).toEqual([
      ['b', 'a'],
      ['c', 'a'],
    ]);
    const unfolded = countRepeats(steps, new Set(['a']));
    expect(unfolded.steps.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(unfolded.sendings.get('a')?.times).toBe(3);
  });

  it('that repeat nothing that is shown stay steps of their own', () => {
    expect(countRepeats([again('b', 0)]).steps).toHaveLength(1);
  });
});

describe('the turns of a call', () => {
  const turns = (...steps: LadderStep[]) =>
    milestonesOf(steps, ({ callId }) => callId ?? undefined).map(({ text }) => text);

  it('are told once a leg, though several hops and the switch show them', () => {
    const ok = (id: string, callId = 'one') =>
      step({ id, callId, status: 200, title: '200 OK', detail: 'INVITE', method: 'INVITE' });
    const answer = step({ id: 'e', kind: 'event', title: 'CHANNEL_ANSWER', to: null });
    const bye = (id: string) => step({ id, method: 'BYE', title: 'BYE' });
    const byeOk = step({ id: 'x', method: 'BYE', status: 200, title: '200 OK', detail: 'BYE' });
    expect(turns(ok('1'), answer, ok('2'), ok('3', 'two'), bye('4'), bye('5'), byeOk)).toEqual([
      'is answered',
      'is answered',
      'ends with BYE',
    ]);
  });

  it('are a refusal but not a challenge, and never a text that only looks like one', () => {
    const response = (status: number, title: string) =>
      step({ id: title, status, title, detail: 'INVITE', method: 'INVITE' });
    expect(turns(response(407, '407 Proxy Authentication Required'), response(486, '486 Busy Here'))).toEqual([
      'is refused: 486 Busy Here',
    ]);
    expect(turns(step({ id: 'l', kind: 'log', level: 3, title: 'BYE', method: null }))).toEqual([]);
    expect(turns(step({ id: 'm', media: true, title: 'RTCP report', method: null }))).toEqual([]);
  });

  it('are told for rooms and queues by what the event says', () => {
    const event = (title: string, detail: string) =>
      step({ id: detail, kind: 'event', title, detail, to: null, method: null });
    expect(
      turns(
        event('conference::maintenance', 'add-member 3001'),
        event('conference::maintenance', 'floor-change 3001'),
        event('fifo::info', 'push sales@x'),
        event('callcenter::info', 'agent-offering support@default 1000@x'),
        event('QueueCallerJoin', 'sales'),
      ),
    ).toEqual([
      'joins conference 3001',
      'waits in queue sales@x',
      'is offered to an agent: support@default 1000@x',
      'waits in queue sales',
    ]);
  });
});
