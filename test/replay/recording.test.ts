import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RecordingError, readRecording } from './recording.ts';

const RECORDINGS = `${import.meta.dirname}/../recordings`;

async function emptyDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'calltrail-recording-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

describe('readRecording', () => {
  it('reads packets, frames and truth, from the first moment to the last', async () => {
    const recording = await readRecording(`${RECORDINGS}/01-basic`);
    expect(recording.name).toBe('01-basic');
    expect(recording.hep).toHaveLength(330);
    expect(recording.hep[0]?.bytes.toString('latin1', 0, 4)).toBe('HEP3');
    expect(recording.hep.every(({ tcp }) => !tcp)).toBe(true);
    expect(recording.esl.map(({ node }) => node)).toEqual(['fs1']);
    const frames = recording.esl[0]?.connections[0] ?? [];
    expect(frames.filter(({ type }) => type === 'text/event-json')).toHaveLength(314);
    expect(frames.filter(({ type }) => type === 'log/data')).toHaveLength(1362);
    expect(recording.startMs).toBe(Math.min(recording.hep[0]!.atMs, frames[0]!.atMs));
    expect(recording.endMs).toBe(Math.max(recording.hep.at(-1)!.atMs, frames.at(-1)!.atMs));
    expect(recording.truth).toHaveProperty('calls');
  });

  it('leaves out the replies to the recorder and nothing else', async () => {
    const { esl } = await readRecording(`${RECORDINGS}/21-graceful-restart`);
    const types = new Set(esl.flatMap(({ connections }) => connections.flat().map(({ type }) => type)));
    expect(types).toEqual(new Set(['text/event-json', 'log/data', 'text/disconnect-notice']));
  });

  it('gives a node one connection more for a restart', async () => {
    const { esl } = await readRecording(`${RECORDINGS}/11-crash-recover`);
    expect(esl.map(({ node, connections }) => [node, connections.length])).toEqual([['fs1', 2]]);
  });

  it('has one entry for each node', async () => {
    const { esl } = await readRecording(`${RECORDINGS}/09-tandem`);
    expect(esl.map(({ node }) => node)).toEqual(['fs1', 'fs2']);
  });

  it('reads what every Asterisk sent, without the replies to the recorder', async () => {
    const { ami, esl, truth } = await readRecording(`${RECORDINGS}/35-opensips-lb`);
    expect(esl).toEqual([]);
    expect(ami.map(({ node, connections }) => [node, ...connections.map(({ length }) => length)])).toEqual([
      ['ast1', 370],
      ['ast2', 364],
    ]);
    const events = ami.flatMap(({ connections }) => connections.flat());
    expect(events.every(({ atMs }) => atMs > 1_700_000_000_000)).toBe(true);
    expect(new Set(events.map(({ type }) => type))).toContain('Newchannel');
    expect(truth).toHaveProperty('calls');
  });

  it('tells what came over TCP', async () => {
    const { hep } = await readRecording(`${RECORDINGS}/35b-opensips-lb-tcp`);
    expect(hep.filter(({ tcp }) => tcp)).toHaveLength(376);
  });

  it('reads files that are not compressed just as well', async () => {
    const dir = await emptyDir();
    const names = ['hep.jsonl', 'esl-fs1.raw', 'esl-fs1.times.jsonl', 'truth.json'];
    for (const name of names) {
      await writeFile(join(dir, name), gunzipSync(await readFile(`${RECORDINGS}/10-missing-ack/${name}.gz`)));
    }
    const { name: _, ...plain } = await readRecording(dir);
    expect({ name: '10-missing-ack', ...plain }).toEqual(await readRecording(`${RECORDINGS}/10-missing-ack`));
  });

  it('leaves out a stream in the plain event format', async () => {
    const dir = await emptyDir();
    await cp(`${RECORDINGS}/10-missing-ack`, dir, { recursive: true });
    await cp(join(dir, 'esl-fs1.raw.gz'), join(dir, 'esl-fs1-plain.raw.gz'));
    expect((await readRecording(dir)).esl.map(({ node }) => node)).toEqual(['fs1']);
  });

  it('says what is wrong with a directory that is none', async () => {
    const dir = await emptyDir();
    await expect(readRecording(join(dir, 'gone'))).rejects.toThrow(/gone cannot be read: ENOENT/);
    await expect(readRecording(dir)).rejects.toThrow(
      /is no recording: it has neither hep\.jsonl nor esl-NODE\.raw nor ami-NODE\.raw/,
    );
    await writeFile(join(dir, 'esl-fs1.raw'), '');
    await expect(readRecording(dir)).rejects.toThrow(RecordingError);
    await writeFile(join(dir, 'hep.jsonl'), '{"t": 1}\n');
    await rm(join(dir, 'esl-fs1.raw'));
    await expect(readRecording(dir)).rejects.toThrow(/line 1 of hep\.jsonl lacks "t", "from" or "hex"/);
  });
});
