import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../esl/fixtures.ts';
import { createPlace, idsOf, type Place, type Started, until } from './following.ts';
import { frameOf, recordedFrames, writtenWithChannels } from './mod-logfile.ts';

/** What ends the message before it, and is waited for itself. */
const END = frameOf('', '2026-11-21 12:00:00.000000 [INFO] a.c:1 end\n');
const recorded = writtenWithChannels([...recordedFrames('14-tcp-ipv6-tls/esl-fs1'), END]);
const ids = idsOf(recorded).slice(0, -1);
/** Places in the file that are nowhere special: inside a message, a line, a character. */
const cut = (share: number): number => Math.floor(recorded.length * share);

const HEAD = 'u-1 2026-11-21 10:21:38.736096 7.13% [INFO] a.c:1 ';

let place: Place;
beforeEach(() => {
  place = createPlace();
});
afterEach(() => place.clean());

const takenIds = ({ taken }: Started): string[] => taken.map(({ id }) => id);
const hasAll = async (...started: Started[]) => {
  const all = (): string[] => started.flatMap(takenIds);
  await until(() => expect(all().length).toBeGreaterThanOrEqual(ids.length));
  expect(all()).toEqual(ids);
};
const hasRead = (started: Started, bytes: number) =>
  until(() => expect(started.source.state().detail).toBe(`Follows ${place.path}, read up to byte ${bytes}.`));

/** Of the place written down; 0 when there is none yet. */
async function savedOffset(): Promise<number> {
  const directory = join(place.stateDir, 'log-files');
  const [name] = existsSync(directory) ? await readdir(directory) : [];
  if (name === undefined) return 0;
  return (JSON.parse(await readFile(join(directory, name), 'utf8')) as { offset: number }).offset;
}

describe('createLogFileSource', () => {
  it('reads a file that is there from its beginning, and follows it as it grows', async () => {
    writeFileSync(place.path, recorded.subarray(0, cut(0.3)));
    const started = await place.start();
    await hasRead(started, cut(0.3));
    for (let at = cut(0.3); at < recorded.length; ) {
      const end = Math.min(at + 20_000, recorded.length);
      appendFileSync(place.path, recorded.subarray(at, end));
      at = end;
      await hasRead(started, at);
    }
    await hasAll(started);
    expect(started.source.state()).toMatchObject({ name: 'log:fs1', state: 'up' });
    expect(started.source.state().lastSeenMs).toBeGreaterThan(0);
    const metrics = await started.metrics();
    expect(metrics).toContain(`calltrail_received_total{source="log:fs1",kind="log"} ${ids.length}`);
    expect(metrics).toContain('calltrail_source_up{source="log:fs1"} 1');
  });

  it('reads only the end of a file that is very large, from its first whole message on', async () => {
    writeFileSync(place.path, recorded);
    const started = await place.start({ firstBytes: 50_000 });
    await until(() => expect(takenIds(started).at(-1)).toBe(ids.at(-1)));
    expect(started.taken.length).toBeGreaterThan(50);
    expect(started.taken.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(50_000);
    expect(ids.slice(-started.taken.length)).toEqual(takenIds(started));
    expect(await started.metrics()).not.toContain('no_record');
  });

  it('waits for a file that is not there yet', async () => {
    const started = await place.start();
    await until(() => expect(started.source.state().state).toBe('connecting'));
    expect(started.source.state().detail).toBe(`Waits for ${place.path}: there is no such file.`);
    expect(started.said.length).toBe(1);
    writeFileSync(place.path, recorded);
    await hasAll(started);
  });

  it('says why a path cannot be read, and reads it once it can', async () => {
    mkdirSync(place.path);
    const started = await place.start();
    await until(() => expect(started.source.state().detail).toContain('is not a file'));
    expect(started.source.state().state).toBe('down');
    expect(started.said.length).toBe(1);
    await rmdir(place.path);
    writeFileSync(place.path, recorded);
    await hasAll(started);
    // It may have been looked at between the two.
    expect(started.said.length).toBeLessThan(4);
  });

  it('waits for the end of a line', async () => {
    const started = await place.start({ settleMs: 5 });
    writeFileSync(place.path, `${HEAD}first\n${HEAD}sec`);
    await hasRead(started, 2 * HEAD.length + 9);
    expect(started.taken.length).toBe(0);
    appendFileSync(place.path, 'ond\n');
    await until(() => expect(started.taken.length).toBe(2));
    expect(started.taken.map(({ text }) => text.slice(-7))).toEqual([' first\n', 'second\n']);
  });

  it('gives a line out as it is when its end does not come, and its rest when that comes', async () => {
    const started = await place.start({ settleMs: 5, quietMs: 10 });
    writeFileSync(place.path, `${HEAD}one li`);
    await until(() => expect(started.taken[0]?.text.endsWith('c:1 one li')).toBe(true));
    appendFileSync(place.path, 'ne\n');
    await until(() => expect(started.taken[1]).toMatchObject({ channel: 'u-1', text: 'ne\n' }));
  });

  it('goes on after bytes that are no text', async () => {
    const random = createRandom(7);
    const garbage = Buffer.from(Array.from({ length: 200_000 }, () => Math.floor(random() * 256)));
    writeFileSync(place.path, Buffer.concat([garbage, Buffer.from('\n'), recorded]));
    const started = await place.start();
    await until(() => expect(takenIds(started).slice(-ids.length)).toEqual(ids));
    expect(await started.metrics()).toContain('reason="no_record"');
  });
});

describe('rotation', () => {
  it('finishes a renamed file before it reads the new one', async () => {
    writeFileSync(place.path, recorded.subarray(0, cut(0.3)));
    const started = await place.start();
    await hasRead(started, cut(0.3));
    renameSync(place.path, `${place.path}.1`);
    writeFileSync(place.path, '');
    // logrotate tells the switch to reopen its log only after it made the new one.
    appendFileSync(`${place.path}.1`, recorded.subarray(cut(0.3), cut(0.5)));
    await hasRead(started, cut(0.5));
    appendFileSync(`${place.path}.1`, recorded.subarray(cut(0.5), cut(0.6)));
    appendFileSync(place.path, recorded.subarray(cut(0.6)));
    await hasAll(started);
  });

  it('reads the files of several rotations that happened while the bus was full', async () => {
    writeFileSync(place.path, recorded.subarray(0, cut(0.2)));
    const started = await place.start({}, 20);
    const release = started.hold();
    await until(() => expect(started.waiting()).toBeGreaterThan(0));
    rotate(cut(0.2), cut(0.5), '1');
    rotate(cut(0.5), cut(0.8), '2');
    rotate(cut(0.8), recorded.length, '3');
    release();
    await hasAll(started);
  });

  it('begins anew with a file that was truncated, whether there is a copy or not', async () => {
    writeFileSync(place.path, recorded.subarray(0, cut(0.4)));
    const started = await place.start();
    await hasRead(started, cut(0.4));
    copyFileSync(place.path, `${place.path}.1`);
    truncateSync(place.path);
    appendFileSync(place.path, recorded.subarray(cut(0.4), cut(0.6)));
    await hasRead(started, cut(0.6) - cut(0.4));
    copyFileSync(place.path, `${place.path}.2.gz`);
    truncateSync(place.path);
    await hasRead(started, 0);
    appendFileSync(place.path, recorded.subarray(cut(0.6)));
    await hasRead(started, recorded.length - cut(0.6));
    await until(() => expect(takenIds(started).at(-1)).toBe(ids.at(-1)));
    // Without a copy nobody can tell that the message that was cut goes on.
    const found = new Set(takenIds(started));
    expect(ids.filter((id) => !found.has(id)).length).toBeLessThan(3);
    expect(started.taken.length).toBe(found.size);
  });

  it('reads from the copy what was not read before the file was truncated', async () => {
    writeFileSync(place.path, recorded.subarray(0, cut(0.3)));
    const started = await place.start({}, 20);
    const release = started.hold();
    await until(() => expect(started.waiting()).toBeGreaterThan(0));
    appendFileSync(place.path, recorded.subarray(cut(0.3), cut(0.7)));
    copyFileSync(place.path, `${place.path}.1`);
    // Longer than what was read of the one before: its size alone does not tell.
    writeFileSync(place.path, recorded.subarray(cut(0.7)));
    release();
    await hasAll(started);
  });

  it('goes on with a deleted file until there is a new one', async () => {
    writeFileSync(place.path, recorded.subarray(0, cut(0.4)));
    const started = await place.start();
    await hasRead(started, cut(0.4));
    rmSync(place.path);
    await until(() => expect(started.source.state().state).toBe('connecting'));
    writeFileSync(place.path, recorded.subarray(cut(0.4)));
    await hasAll(started);
    expect(started.source.state().state).toBe('up');
  });
});

describe('restart', () => {
  it('reads on where it stopped, wherever that was', async () => {
    const all: string[] = [];
    let from = 0;
    for (let share = 0.13; share < 1.13; share += 0.13) {
      appendFileSync(place.path, recorded.subarray(from, Math.min(cut(share), recorded.length)));
      from = Math.min(cut(share), recorded.length);
      const started = await place.start();
      await hasRead(started, from);
      await started.source.stop();
      all.push(...takenIds(started));
    }
    const last = await place.start();
    await until(() => expect([...all, ...takenIds(last)].at(-1)).toBe(ids.at(-1)));
    all.push(...takenIds(last));
    // A message that was cut by a stop is read again as a whole.
    expect(all).toEqual(ids);
  });

  it('finds the file it was reading by its bytes after rotations, and reads those in between', async () => {
    writeFileSync(place.path, recorded.subarray(0, cut(0.2)));
    const before = await place.start();
    await hasRead(before, cut(0.2));
    await before.source.stop();
    rotate(cut(0.2), cut(0.5), '2026-11-21-10-21-38.1');
    rotate(cut(0.5), cut(0.8), '2026-11-21-10-21-39.1');
    appendFileSync(place.path, recorded.subarray(cut(0.8)));
    const after = await place.start();
    await hasAll(before, after);
    expect(after.said.length).toBe(1);
  });

  it('finds the copy of a file that was truncated meanwhile', async () => {
    writeFileSync(place.path, recorded.subarray(0, cut(0.2)));
    const before = await place.start();
    await hasRead(before, cut(0.2));
    await before.source.stop();
    appendFileSync(place.path, recorded.subarray(cut(0.2), cut(0.4)));
    copyFileSync(place.path, `${place.path}-20261121`);
    writeFileSync(place.path, recorded.subarray(cut(0.4)));
    const after = await place.start();
    await hasAll(before, after);
  });

  it('says so when the file it was reading is gone', async () => {
    writeFileSync(place.path, recorded.subarray(0, cut(0.4)));
    const before = await place.start();
    await hasRead(before, cut(0.4));
    await before.source.stop();
    writeFileSync(place.path, recorded.subarray(cut(0.5)));
    const after = await place.start();
    await until(() => expect(takenIds(after).at(-1)).toBe(ids.at(-1)));
    expect(after.said.some((message) => message.includes('may be missing'))).toBe(true);
  });

  it('gives lines that come again after a crash the ids they had', async () => {
    writeFileSync(place.path, recorded.subarray(0, cut(0.3)));
    const before = await place.start();
    await hasRead(before, cut(0.3));
    await before.source.stop();
    const directory = join(place.stateDir, 'log-files');
    const [name] = await readdir(directory);
    const old = await readFile(join(directory, name!));
    appendFileSync(place.path, recorded.subarray(cut(0.3), cut(0.6)));
    const second = await place.start();
    await hasRead(second, cut(0.6));
    await second.source.stop();
    // As if it had been killed before it could write its place down.
    await writeFile(join(directory, name!), old);
    appendFileSync(place.path, recorded.subarray(cut(0.6)));
    const third = await place.start();
    await until(() => expect(takenIds(third).at(-1)).toBe(ids.at(-1)));
    expect([...takenIds(before), ...takenIds(third)]).toEqual(ids);
    expect(takenIds(third).slice(0, second.taken.length)).toEqual(takenIds(second));
  });

  it('begins with the file again, and says so, when its place is unreadable', async () => {
    writeFileSync(place.path, recorded);
    const before = await place.start();
    await hasAll(before);
    await before.source.stop();
    const directory = join(place.stateDir, 'log-files');
    const [name] = await readdir(directory);
    await writeFile(join(directory, name!), '{"ino":1');
    const after = await place.start();
    await hasAll(after);
    expect(after.said[0]).toContain('is not remembered');
  });

  it('works without a place to remember, and says so', async () => {
    writeFileSync(place.stateDir, 'a file where the directory should be');
    writeFileSync(place.path, recorded);
    const started = await place.start();
    await hasAll(started);
    await started.source.stop();
    expect(started.said.some((message) => message.includes('is not remembered'))).toBe(true);
  });
});

describe('a bus that is full', () => {
  it('slows reading down, and loses nothing', async () => {
    const large = writtenWithChannels([
      ...recordedFrames('01-basic/esl-fs1'),
      ...recordedFrames('03-failures/esl-fs1'),
      ...recordedFrames('05-transfer-hold/esl-fs1'),
      END,
    ]);
    expect(large.length).toBeGreaterThan(800_000);
    writeFileSync(place.path, large);
    const started = await place.start({}, 20);
    const release = started.hold();
    await until(() => expect(started.waiting()).toBe(20));
    const received = (): Promise<number> =>
      started.metrics().then((text) => Number(/received_total\{source="log:fs1",kind="log"\} (\d+)/.exec(text)?.[1]));
    const first = await received();
    expect(first).toBeLessThan(2_500);
    release();
    const expected = idsOf(large).slice(0, -1);
    await until(() => expect(started.taken.length).toBe(expected.length));
    expect(takenIds(started)).toEqual(expected);
  });

  it('has its place written down once the lines are stored, also without being stopped', async () => {
    writeFileSync(place.path, recorded);
    const started = await place.start();
    await hasAll(started);
    await until(async () => {
      appendFileSync(place.path, `${HEAD}next\n`);
      expect(await savedOffset()).toBeGreaterThan(recorded.length);
    });
  });

  it('does not keep the source from stopping, nor its place ahead of what is stored', async () => {
    writeFileSync(place.path, recorded);
    const started = await place.start({}, 20);
    const release = started.hold();
    await until(() => expect(started.waiting()).toBe(20));
    await started.source.stop();
    expect(started.source.state().state).toBe('down');
    expect(await savedOffset()).toBe(0);
    release();
    const after = await place.start();
    await hasAll(after);
  });
});

/** Ends the file with these bytes and puts it aside, some time after the one before. */
let rotations = 0;
function rotate(from: number, to: number, suffix: string): void {
  appendFileSync(place.path, recorded.subarray(from, to));
  rotations++;
  renameSync(place.path, `${place.path}.${suffix}`);
  const written = new Date(Date.now() - 100_000 + rotations * 1000);
  utimesSync(`${place.path}.${suffix}`, written, written);
  writeFileSync(place.path, '');
}
