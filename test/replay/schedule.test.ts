import { describe, expect, it } from 'vitest';
import { type Recording, readRecording } from './recording.ts';
import { type Step, scheduleOf } from './schedule.ts';

const RECORDINGS = `${import.meta.dirname}/../recordings`;
const restart = await readRecording(`${RECORDINGS}/21-graceful-restart`);
const tandem = await readRecording(`${RECORDINGS}/09-tandem`);

const recorded = { order: 'recorded', twice: false, seed: 1 } as const;
const shuffled = { order: 'shuffled', twice: false, seed: 1 } as const;

const bytesOf = (step: Step): Buffer => {
  if (step.kind === 'reconnect') return Buffer.from(`reconnect ${step.node}`);
  return step.kind === 'packet' ? step.bytes : step.frame.bytes;
};
const contentsOf = (steps: readonly Step[]): string[] => steps.map((step) => bytesOf(step).toString('latin1'));
const framesOf = (steps: readonly Step[], node: string): Step[] =>
  steps.filter((step) => step.kind !== 'packet' && step.node === node);
const inOrder = (steps: readonly Step[]): boolean =>
  steps.every(({ atMs }, i) => i === 0 || steps[i - 1]!.atMs <= atMs);

describe('scheduleOf, as recorded', () => {
  it('sends everything once, in order of time, each stream in its own order', () => {
    const steps = scheduleOf(tandem, recorded);
    expect(inOrder(steps)).toBe(true);
    const packets = steps.filter(({ kind }) => kind === 'packet');
    expect(packets.map(bytesOf)).toEqual(tandem.hep.map(({ bytes }) => bytes));
    for (const { node, connections } of tandem.esl) {
      expect(framesOf(steps, node).map(bytesOf)).toEqual(connections.flat().map(({ bytes }) => bytes));
    }
  });

  it('lets a node that was restarted close its connections between the two', () => {
    const steps = framesOf(scheduleOf(restart, recorded), 'fs1');
    const at = steps.findIndex(({ kind }) => kind === 'reconnect');
    expect(at).toBe(restart.esl[0]!.connections[0]!.length);
    expect(steps.filter(({ kind }) => kind === 'reconnect')).toHaveLength(1);
  });
});

describe('scheduleOf, shuffled', () => {
  it('is the same for the same seed and another for another', () => {
    const first = contentsOf(scheduleOf(tandem, shuffled));
    expect(contentsOf(scheduleOf(tandem, shuffled))).toEqual(first);
    expect(contentsOf(scheduleOf(tandem, { ...shuffled, seed: 2 }))).not.toEqual(first);
    expect(contentsOf(scheduleOf(tandem, recorded))).not.toEqual(first);
  });

  it('loses nothing, adds nothing, and keeps the moments at which something is sent', () => {
    const before = scheduleOf(tandem, recorded);
    const after = scheduleOf(tandem, shuffled);
    expect(contentsOf(after).sort()).toEqual(contentsOf(before).sort());
    expect(after.map(({ atMs }) => atMs)).toEqual(before.map(({ atMs }) => atMs));
  });

  it('keeps each frame in its connection and the goodbye at its end', () => {
    const steps = framesOf(scheduleOf(restart, shuffled), 'fs1');
    const at = steps.findIndex(({ kind }) => kind === 'reconnect');
    const [before, after] = restart.esl[0]!.connections as [Recording['esl'][0]['connections'][0], never];
    expect(contentsOf(steps.slice(0, at)).sort()).toEqual(before.map(({ bytes }) => bytes.toString('latin1')).sort());
    expect(after).toHaveLength(steps.length - at - 1);
    expect(bytesOf(steps[at - 1]!).toString()).toContain('Content-Type: text/disconnect-notice');
  });
});

describe('scheduleOf, twice', () => {
  it('sends everything again after the end, on new connections', () => {
    const once = contentsOf(scheduleOf(restart, recorded));
    const steps = scheduleOf(restart, { ...recorded, twice: true });
    expect(contentsOf(steps)).toEqual([...once, 'reconnect fs1', ...once]);
    expect(inOrder(steps)).toBe(true);
    expect(steps.at(-1)!.atMs).toBe(restart.endMs + (restart.endMs - restart.startMs));
  });
});
