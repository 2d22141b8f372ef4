import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCalltrail } from '../../calltrail.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { readRecording } from '../replay/recording.ts';
import { runRecording, type TruthOrder } from './run.ts';

const RECORDINGS = `${import.meta.dirname}/../recordings`;
const LIMIT_MS = 120_000;

const judged: readonly (readonly [string, TruthOrder])[] = [
  ['01-basic', 'recorded'],
  ['04-failover-fork', 'recorded'],
  ['05-transfer-hold', 'recorded'],
  ['06-conference', 'recorded'],
  ['08-loopback-originate', 'shuffled'],
  ['09-tandem', 'recorded'],
  ['11-crash-recover', 'twice'],
  ['13-register-options-msg', 'recorded'],
  ['21-graceful-restart', 'shuffled'],
];

describe('a recording that went through the whole product', () => {
  it.each(judged)(
    'gives every call of %s (%s) whole, and nothing else with it',
    { timeout: LIMIT_MS },
    async (name, order) => {
      const recording = await readRecording(`${RECORDINGS}/${name}`);
      const start = { start: (config: Parameters<typeof startCalltrail>[0]) => startCalltrail(config, silentLog) };
      const { score, lost } = await runRecording(recording, order, start);
      expect(lost).toEqual([]);
      expect(score.missing).toEqual([]);
      expect(score.wrong).toEqual([]);
      expect(score.expected).toBeGreaterThan(0);
      expect([score.precision, score.recall]).toEqual([1, 1]);
    },
  );

  it('is not found whole when a switch has told nothing', { timeout: LIMIT_MS }, async () => {
    const recording = await readRecording(`${RECORDINGS}/09-tandem`);
    const deaf = { ...recording, esl: [] };
    const { score } = await runRecording(deaf, 'recorded', { start: (config) => startCalltrail(config, silentLog) });
    expect(score.recall).toBeLessThan(1);
    expect(score.precision).toBe(1);
  });

  it('leaves no store behind', { timeout: LIMIT_MS }, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'calltrail-tmp-'));
    const before = process.env.TMPDIR;
    onTestFinished(async () => {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      await rm(dir, { recursive: true, force: true });
    });
    process.env.TMPDIR = dir;
    const recording = await readRecording(`${RECORDINGS}/10-missing-ack`);
    await runRecording(recording, 'recorded', { start: (config) => startCalltrail(config, silentLog) });
    expect(await readdir(dir)).toEqual([]);
  });
});
