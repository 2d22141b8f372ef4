import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClickHouseStore } from '../../../../core/store/clickhouse.ts';
import { type EngineProcess, startEngine } from '../../../../core/store/embedded/process.ts';
import { createEmbeddedStore } from '../../../../core/store/embedded/store.ts';
import { migrate } from '../../../../core/store/migrate.ts';
import { openStore } from '../../../../core/store/open.ts';
import { failure, storeContract } from '../contract.ts';
import { message, recordedLog, temporaryDirectory } from '../helpers.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());

storeContract('the embedded store', () => openStore({ kind: 'embedded', path: directory.path }, recordedLog()));

/** What the directory of rows on their way is named after. */
function spoolName(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 12);
}

describe('the embedded store', () => {
  test('keeps what it acknowledged and works again after its engine was killed in the middle of it', async () => {
    const { path, remove } = temporaryDirectory();
    const log = recordedLog();
    const store = await createEmbeddedStore({ path }, log);
    try {
      await migrate(store);
      const acknowledged: number[] = [];
      const failures: string[] = [];
      let stop = false;
      // As the indexer does it: one batch after the other, repeated with its token until it is taken.
      const writing = (async () => {
        for (let batch = 0; !stop; batch += 1) {
          const rows = Array.from({ length: 200 }, (_, i) => message(batch * 200 + i));
          for (let stored = false; !stored; ) {
            try {
              await store.insert('messages', rows, `batch-${batch}`);
              stored = true;
              acknowledged.push(batch);
            } catch (error) {
              failures.push((error as { code: string }).code);
              await new Promise((resolve) => setTimeout(resolve, 20));
            }
          }
        }
      })();
      for (let round = 0; round < 3; round += 1) {
        const before = acknowledged.length;
        await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(before + 3);
        const pid = store.pid();
        process.kill(pid, 'SIGKILL');
        await expect.poll(() => store.pid() !== 0 && store.pid() !== pid, { timeout: 10_000 }).toBe(true);
      }
      const after = acknowledged.length;
      await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(after + 3);
      stop = true;
      await writing;
      expect(new Set(failures)).toEqual(new Set(['unreachable']));
      const [found] = await store.select('SELECT count() AS n, uniqExact(id) AS ids FROM messages');
      expect(found).toEqual({ n: acknowledged.length * 200, ids: acknowledged.length * 200 });
      expect(log.lines.filter((line) => line.includes('up again'))).toHaveLength(3);
    } finally {
      await store.close();
      remove();
    }
  }, 60_000);

  test('says unreachable while its engine is away, and no longer works when closed', async () => {
    const { path, remove } = temporaryDirectory();
    const store = await createEmbeddedStore({ path }, recordedLog());
    const pid = store.pid();
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => store.pid(), { interval: 1 }).toBe(0);
    expect(await failure(store.select('SELECT 1'))).toMatchObject({ code: 'unreachable', retriable: true });
    expect(await store.ping()).toBe(false);
    await store.close();
    expect(await failure(store.select('SELECT 1'))).toMatchObject({ code: 'refused' });
    expect(await store.ping()).toBe(false);
    remove();
  });

  test('can be closed at any moment while its engine is started again', async () => {
    const { path, remove } = temporaryDirectory();
    for (const delayMs of [0, 50, 100, 150, 200, 300]) {
      const store = await createEmbeddedStore({ path }, recordedLog());
      process.kill(store.pid(), 'SIGKILL');
      await expect.poll(() => store.pid(), { interval: 1 }).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      // Opening the directory in the next round proves that nobody has it any more.
      await store.close();
    }
    remove();
  }, 60_000);

  test('goes on storing when its directory of temporary files was tidied away', async () => {
    const { path, remove } = temporaryDirectory();
    const store = await openStore({ kind: 'embedded', path }, recordedLog());
    const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    const spools = readdirSync(base).filter((name) => name.includes(spoolName(path)));
    expect(spools).toHaveLength(1);
    rmSync(join(base, spools[0]!), { recursive: true });
    await store.insert('messages', [message(1)], 'a');
    await store.close();
    remove();
  });

  test('opens no directory that another process has open, and says so', async () => {
    const { path, remove } = temporaryDirectory();
    const store = await createEmbeddedStore({ path }, recordedLog());
    const error = await failure(createEmbeddedStore({ path }, recordedLog()));
    expect(error.code).toBe('refused');
    expect(error.message).toContain(`${path} is in use by another process`);
    await store.close();
    remove();
  });

  test('has its rows again when it is opened again', async () => {
    const { path, remove } = temporaryDirectory();
    const first = await openStore({ kind: 'embedded', path }, recordedLog());
    await first.insert('messages', [message(1)], 'a');
    await first.close();
    const second = await openStore({ kind: 'embedded', path }, recordedLog());
    await second.insert('messages', [message(1)], 'a');
    expect(await second.select('SELECT count() AS n FROM messages')).toEqual([{ n: 1 }]);
    await second.close();
    remove();
  });

  test('leaves no process and no rows in memory behind, even of an engine that was killed', async () => {
    const { path, remove } = temporaryDirectory();
    const store = await createEmbeddedStore({ path }, recordedLog());
    const spools = () =>
      readdirSync(existsSync('/dev/shm') ? '/dev/shm' : tmpdir()).filter((name) => name.includes(hash));
    const hash = spoolName(path);
    const pid = store.pid();
    expect(spools()).toHaveLength(1);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => store.pid() !== 0 && store.pid() !== pid, { timeout: 10_000 }).toBe(true);
    const next = store.pid();
    await store.close();
    expect(() => process.kill(next, 0)).toThrow('ESRCH');
    expect(spools()).toEqual([]);
    remove();
  });
});

describe('a store by URL', () => {
  let engine: EngineProcess;
  const served = temporaryDirectory();
  beforeAll(async () => {
    engine = await startEngine({ path: served.path }, recordedLog());
  });
  afterAll(async () => {
    await engine.stop();
    served.remove();
  });

  storeContract('the ClickHouse store', () =>
    openStore({ kind: 'clickhouse', url: engine.url, username: 'default', password: engine.password }, recordedLog()),
  );

  storeContract('the ClickHouse store in a database of its own', () =>
    openStore({ kind: 'clickhouse', url: engine.url, password: engine.password, database: 'calls' }, recordedLog()),
  );

  test('says refused to a wrong password', async () => {
    const store = createClickHouseStore({ url: engine.url, password: 'wrong' });
    expect(await failure(store.select('SELECT 1'))).toMatchObject({ code: 'refused' });
    expect(await failure(store.insert('messages', [message(1)], 'x'))).toMatchObject({ code: 'refused' });
    expect(await store.ping()).toBe(false);
    await store.close();
  });

  test('says unreachable when nobody listens', async () => {
    const store = createClickHouseStore({ url: 'http://127.0.0.1:1' });
    expect(await failure(store.select('SELECT 1'))).toMatchObject({ code: 'unreachable', retriable: true });
    expect(await failure(store.insert('messages', [message(1)], 'x'))).toMatchObject({ code: 'unreachable' });
    expect(await store.ping()).toBe(false);
    await store.close();
  });
});
