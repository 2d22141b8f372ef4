import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Health } from '../../api/schemas.ts';
import { createHostNames } from '../../core/model/host-names.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { type EngineProcess, startEngine } from '../../core/store/embedded/process.ts';
import { openStore } from '../../core/store/open.ts';
import type { Store } from '../../core/store/store.ts';
import { createLinker } from '../../indexer/linker/linker.ts';
import { storeHand } from '../generate/store.ts';
import { sipLeg } from '../indexer/outcomes/legs.ts';
import { createRandom } from '../replay/random.ts';
import { until } from '../system/until.ts';
import { type CalltrailProcess, createSite, type Site } from './calltrail-process.ts';

const LEASE_SECONDS = 6;
/** As the processes have it, whose configuration names no host. */
const NO_PLACES = { names: createHostNames({}), nodes: new Set<string>() };
const LONG = { timeoutMs: 180_000 };
/** Calls a second, and how many of each ten end how. */
const TICK_MS = 500;
const CALLS_A_TICK = 10;

/** What all processes together wrote of calls, as the store has it in the end. */
const callsOf = (store: Store): Promise<unknown[]> =>
  store.select(
    `SELECT id, toString(since) AS since, toString(until) AS until, method, outcome, final_status, from_number, to_number,
       tenant, hex(line) AS line FROM calls FINAL WHERE gone = 0 ORDER BY id`,
    {},
    { maxSeconds: 60 },
  );

describe('several processes with the role of the linker over one store', { timeout: 600_000 }, () => {
  let directory: string;
  let engine: EngineProcess;
  let store: Store;
  let server: Readonly<Record<string, unknown>>;
  const running = new Map<Site, CalltrailProcess>();
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'calltrail-linkers-'));
    engine = await startEngine({ path: join(directory, 'data') }, silentLog);
    server = { kind: 'clickhouse', url: engine.url, username: 'default', password: engine.password };
    // Nobody makes the tables before them: all begin at once on an empty server.
  });
  afterEach(async () => {
    for (const one of running.values()) {
      one.program.signal('SIGCONT');
      await one.stop();
    }
    running.clear();
    await store.close();
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 120_000);

  const siteOf = (name: string): Promise<Site> =>
    createSite(
      directory,
      {},
      {
        name,
        more: {
          store: { ...server, retention: { messages: 3, identifiers: 3 } },
          roles: ['linker'],
          linker: { quietSeconds: 1, intervalSeconds: 0.5, leaseSeconds: LEASE_SECONDS },
        },
      },
    );
  const start = async (site: Site): Promise<CalltrailProcess> => {
    const one = await site.start();
    running.set(site, one);
    return one;
  };
  const holds = async (one: CalltrailProcess): Promise<boolean> => (await one.counted('calltrail_lease_held')) === 1;
  /** What its health check says of the linker. */
  const saysOf = async (one: CalltrailProcess): Promise<string> => {
    const { sources } = (await (await one.get('/healthz')).json()) as Health;
    return sources.find(({ name }) => name === 'linker')?.detail ?? '';
  };
  const holderOf = async (all: readonly CalltrailProcess[]): Promise<CalltrailProcess | undefined> => {
    const held = await Promise.all(all.map(holds));
    expect(held.filter(Boolean).length).toBeLessThan(2);
    return all[held.indexOf(true)];
  };

  /** Stores calls as indexers do, on and on: of ten one fails, one is busy, one is not answered, and seven are talked on. */
  const createCalls = () => {
    let sent = 0;
    let stopped = false;
    const one = async (): Promise<void> => {
      const atUs = Date.now() * 1000 - 3_000_000;
      const legs = Array.from({ length: CALLS_A_TICK }, (_, i) => {
        const ends = [[[900, 503]], [[900, 486]], [[900, 404]]] as const;
        const talk = [
          [300, 180],
          [900, 200],
          [2000, 'BYE'],
        ] as const;
        return sipLeg({ callId: `call-${sent + i}@linkers`, atUs: atUs + i, next: ends[i] ?? talk });
      });
      await storeHand(store, legs.flat());
      sent += CALLS_A_TICK;
    };
    const loop = async (): Promise<void> => {
      while (!stopped) {
        await one().catch(async () => {
          // The store is away: an indexer tries the same again. What was stored of it is stored again under its ids.
          await sleep(200);
        });
        await sleep(TICK_MS);
      }
    };
    const ended = loop();
    return {
      sent: () => sent,
      async stop() {
        stopped = true;
        await ended;
      },
    };
  };

  /** All calls are in the list and counted once, and are what one linker alone makes of the same facts. */
  const judge = async (sent: number): Promise<void> => {
    const listed = async (): Promise<number> => (await callsOf(store)).length;
    await until('all calls are in the list', async () => (await listed()) === sent, LONG);
    const counts = () =>
      store.select<{ class: string; n: string | number }>(
        'SELECT class, sum(attempts) AS n FROM outcomes GROUP BY class ORDER BY class',
      );
    const total = async (): Promise<number> => (await counts()).reduce((sum, { n }) => sum + Number(n), 0);
    await until('all calls are counted', async () => (await total()) >= sent, LONG);
    for (const one of running.values()) {
      one.program.signal('SIGCONT');
      await one.stop();
    }
    running.clear();
    const tenth = sent / CALLS_A_TICK;
    expect((await counts()).map(({ class: kind, n }) => [kind, Number(n)])).toEqual([
      ['answered', 7 * tenth],
      ['network', tenth],
      ['user', 2 * tenth],
    ]);
    const together = await callsOf(store);
    await createLinker({ store, metrics: createMetrics(), log: silentLog, places: NO_PLACES, quietMs: 0 }).relink();
    expect(together).toEqual(await callsOf(store));
  };

  test('the one that works is killed again and again: every call is listed as by one process, and counted once', async () => {
    const sites = await Promise.all(['a', 'b', 'c'].map(siteOf));
    await Promise.all(sites.map(start));
    store = await openStore(server as Parameters<typeof openStore>[0], silentLog);
    const calls = createCalls();
    const random = createRandom(3);
    for (let round = 0; round < 2; round++) {
      const holder = await until('one works', () => holderOf([...running.values()]), LONG);
      await until('it links', async () => (await holder.counted('calltrail_linked_calls_total')) > 0, LONG);
      await sleep(random() * 2000);
      await holder.kill();
      const site = sites.find((one) => running.get(one) === holder)!;
      running.delete(site);
      const next = await until('another one works', () => holderOf([...running.values()]), LONG);
      expect(next).not.toBe(holder);
      await start(site);
    }
    await calls.stop();
    await judge(calls.sent());
  });

  test('the one that works is stopped in the middle and wakes up when another one works: it writes nothing more', async () => {
    const sites = await Promise.all(['a', 'b'].map(siteOf));
    await Promise.all(sites.map(start));
    store = await openStore(server as Parameters<typeof openStore>[0], silentLog);
    const calls = createCalls();
    const holder = await until('one works', () => holderOf([...running.values()]), LONG);
    await until('it links', async () => (await holder.counted('calltrail_linked_calls_total')) > 0, LONG);
    holder.program.signal('SIGSTOP');
    const [other] = [...running.values()].filter((one) => one !== holder);
    await until('the other one works', () => holds(other!), LONG);
    holder.program.signal('SIGCONT');
    expect(await holds(holder)).toBe(false);
    expect(await holds(other!)).toBe(true);
    expect(await saysOf(other!)).toBe('this process puts calls together');
    await until('it knows who works', async () => /^stands by, while .+ puts calls/.test(await saysOf(holder)), LONG);
    await calls.stop();
    await judge(calls.sent());
  });

  test('the store hangs for longer than a lease: nobody works meanwhile, one goes on, and nothing is counted twice', async () => {
    const sites = await Promise.all(['a', 'b'].map(siteOf));
    await Promise.all(sites.map(start));
    store = await openStore(server as Parameters<typeof openStore>[0], silentLog);
    const calls = createCalls();
    const holder = await until('one works', () => holderOf([...running.values()]), LONG);
    await until('it links', async () => (await holder.counted('calltrail_linked_calls_total')) > 0, LONG);
    process.kill(engine.pid, 'SIGSTOP');
    try {
      await until('it gives up', async () => !(await holds(holder)), LONG);
      await sleep(2 * LEASE_SECONDS * 1000);
      expect(await holderOf([...running.values()])).toBeUndefined();
    } finally {
      process.kill(engine.pid, 'SIGCONT');
    }
    await until('one works again', () => holderOf([...running.values()]), LONG);
    await calls.stop();
    await judge(calls.sent());
  });
});
