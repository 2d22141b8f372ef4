import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { tailOf } from '../../../api/loki/bounds.ts';
import { readQuery } from '../../../api/loki/read-query.ts';
import type { LogQuery } from '../../../api/loki/syntax.ts';
import { type TailRequest, tail } from '../../../api/loki/tail.ts';
import { createTailClient, type TailFrame } from '../../../api/loki/tail-client.ts';
import { serveTail } from '../../../api/loki/tail-socket.ts';
import { createServer } from '../../../api/server.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { createNews, type News } from '../../../core/runtime/news.ts';
import type { Store } from '../../../core/store/store.ts';
import { openEmptyStore } from '../../system/empty-store.ts';
import { until } from '../../system/until.ts';
import { messageRow } from './rows.ts';

const EVERYTHING = '{call_id=~"tail.*"}';
const shared = { guesses: false, unmask: () => undefined, log: silentLog };

describe('a live tail', { timeout: 60_000 }, () => {
  let store: Store;
  let next = 0;

  beforeAll(async () => {
    store = await openEmptyStore();
  });
  afterAll(async () => {
    await store.close();
  });

  /** Stores messages that come now, each a call of its own, and tells of it. */
  const put = async (news: News, count = 1): Promise<void> => {
    const rows = Array.from({ length: count }, () => {
      next += 1;
      return messageRow(next, `tail-${next}@h`, Date.now() * 1000 + (next % 1000), `OPTIONS ${next}`);
    });
    await store.insert('messages', rows, `tail ${next}`);
    news.stored({ sinceUs: rows[0]?.arrived ?? 0, tables: new Set(['messages']) });
  };
  const open = (
    pending: () => number = () => 0,
    { news = createNews(true), ...asked }: Partial<TailRequest> & { news?: News } = {},
  ) => {
    const frames: TailFrame[] = [];
    const gone = new AbortController();
    const { signal } = gone;
    let count = 0;
    const counting: Store = {
      ...store,
      select: (sql, params, options) => {
        count += 1;
        expect(options?.signal).toBe(signal);
        return store.select(sql, params, options);
      },
    };
    const running = tail(
      { query: readQuery(EVERYTHING) as LogQuery, limit: 100, delayMs: 0, ...asked },
      createTailClient({ pending, send: (frame) => frames.push(frame) }),
      {
        store: counting,
        guesses: false,
        unmask: () => undefined,
        options: { signal },
        signal,
        news,
        betweenMs: () => 1,
      },
    );
    const lines = () =>
      frames.flatMap(({ streams }) => streams.flatMap(({ values }) => values.map(([, line]) => line)));
    /** What was stored before the first look is over is no news. */
    const begun = async () => {
      await until('a first line', async () => {
        await put(news);
        return frames.length > 0;
      });
      await until('the last line', () => lines().includes(`OPTIONS ${next}`));
    };
    const end = async () => {
      gone.abort();
      await running;
    };
    return { frames, lines, news, asked: () => count, begun, end };
  };

  it('looks when something was stored, and asks the store nothing while nothing is', async () => {
    const one = open();
    const polling = open(() => 0, { news: createNews(false) });
    await one.begun();
    await put(one.news);
    const isShown = (lines: readonly string[]): boolean => lines.includes(`OPTIONS ${next}`);
    await until('the line', () => isShown(one.lines()) && isShown(polling.lines()));
    // Another one, that nobody tells, asks again and again meanwhile; the first looks of it leave time for what was told last.
    const looks = async (count: number): Promise<void> => {
      const enough = polling.asked() + count;
      await until('looks of the other one', () => polling.asked() > enough);
    };
    await looks(6);
    const asked = one.asked();
    await looks(6);
    expect(one.asked()).toBe(asked);
    // Other tables hold none of its lines.
    one.news.stored({ sinceUs: Date.now() * 1000, tables: new Set(['gaps']) });
    await looks(6);
    expect(one.asked()).toBe(asked);
    expect(new Set(one.lines()).size).toBe(one.lines().length);
    await one.end();
    await polling.end();
  });

  it('ends with its client, is watched no more, and asks the store nothing', async () => {
    const one = open();
    await one.begun();
    expect(one.news.watched()).toBe(true);
    await one.end();
    expect(one.news.watched()).toBe(false);
    const asked = one.asked();
    await put(one.news);
    const other = open();
    await other.begun();
    expect(one.asked()).toBe(asked);
    await other.end();
  });

  it('begins with lines that were there already where it is asked to, the newest of them, oldest first', async () => {
    const news = createNews(true);
    await put(news, 5);
    const there = Array.from({ length: 3 }, (_, i) => `OPTIONS ${next - 2 + i}`);
    const one = open(() => 0, { news, startNs: BigInt(Date.now() - 3_600_000) * 1_000_000n, limit: 3 });
    await until('lines of before', () => one.lines().length >= 3);
    expect(one.lines().toSorted()).toEqual(there.toSorted());
    await put(news);
    await until('a new line', () => one.lines().includes(`OPTIONS ${next}`));
    expect(one.lines()).toHaveLength(4);
    await one.end();
    const later = open(() => 0, { news, startNs: BigInt(Date.now() + 3_600_000) * 1_000_000n });
    await later.begun();
    await later.end();
  });

  it('shows a line no earlier than it is asked to', async () => {
    const one = open(() => 0, { delayMs: 1000 });
    await one.begun();
    await put(one.news);
    const wanted = `OPTIONS ${next}`;
    const arrivedMs = Date.now();
    await until('the line', () => one.lines().includes(wanted));
    expect(Date.now() - arrivedMs).toBeGreaterThanOrEqual(900);
    await one.end();
  });

  it.each([
    ['6', /delay_for can't be greater than 5/],
    ['-1', /delay_for must be/],
    ['soon', /delay_for must be/],
  ])('is refused with a sentence when asked to wait %s', (delayFor, text) => {
    expect(() => tailOf({ start: undefined, limit: undefined, delayFor })).toThrow(text);
  });

  it('sends nothing to a client that does not take it, keeps little of it, and says later what was left out', async () => {
    let pending = 0;
    const one = open(() => pending);
    await one.begun();
    pending = 2_000_000;
    one.frames.length = 0;
    const from = next;
    for (let i = 0; i < 3; i++) await put(one.news, 100);
    const asked = one.asked();
    await until('looks at what is stored', async () => {
      await put(one.news);
      return one.asked() > asked + 6;
    });
    expect(one.frames).toEqual([]);
    pending = 0;
    await until('a frame', async () => {
      await put(one.news);
      return one.frames.length > 0;
    });
    const [{ dropped_entries: dropped }] = one.frames as [TailFrame];
    expect(dropped).toHaveLength(100);
    expect(dropped?.[0]?.labels.call_id).toMatch(/^tail-/);
    expect(Number(/\d+/.exec(dropped?.[0]?.labels.call_id ?? '')?.[0])).toBeGreaterThan(from);
    expect(dropped?.[0]?.timestamp).toMatch(/^\d{19}$/);
    await one.end();
  });

  describe('on its socket', () => {
    let server: Server;
    let url: string;

    beforeAll(async () => {
      server = createHttpServer();
      const sockets = new WebSocketServer({ server });
      const read = () => tailOf({ start: undefined, limit: undefined, delayFor: undefined });
      sockets.on('connection', (socket, request) => {
        const pingMs = request.url === '/pinged' ? 300 : undefined;
        serveTail(socket, EVERYTHING, read, { ...shared, store, news }, pingMs);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    const news = createNews(true);
    const watchedNoMore = () => until('the tail to end', () => !news.watched());

    it('stays with a client that answers, and lets one go that is there no more without a word', async () => {
      const silent = new WebSocket(`${url}/pinged`, { autoPong: false });
      await once(silent, 'open');
      await until('a tail', () => news.watched());
      const [code] = (await once(silent, 'close')) as [number];
      expect(code).toBe(1006);
      await watchedNoMore();

      const answering = new WebSocket(`${url}/pinged`);
      let pings = 0;
      answering.on('ping', () => {
        pings += 1;
      });
      await until('pings', () => pings > 3);
      expect(answering.readyState).toBe(WebSocket.OPEN);
      answering.close();
      await watchedNoMore();
    });

    it('ends with a client that breaks off, or breaks off within a frame', async () => {
      const one = new WebSocket(url);
      await once(one, 'open');
      await until('a tail', () => news.watched());
      one.terminate();
      await watchedNoMore();

      const other = new WebSocket(url);
      await once(other, 'open');
      await until('a tail', () => news.watched());
      // The head of a text frame of 100 bytes, and five of them.
      const { _socket: tcp } = other as unknown as { _socket: { write(bytes: Buffer): void; destroy(): void } };
      tcp.write(Buffer.from([0x81, 0xe4, 0, 0, 0, 0, 1, 2, 3, 4, 5]));
      tcp.destroy();
      await watchedNoMore();
    });

    it('is one of fifty at most: another one is told so', async () => {
      const sockets = await Promise.all(
        Array.from({ length: 50 }, async () => {
          const socket = new WebSocket(url);
          await once(socket, 'open');
          return socket;
        }),
      );
      const [code, reason] = (await once(new WebSocket(url), 'close')) as [number, Buffer];
      expect([code, String(reason)]).toEqual([1008, '50 live tails are open already: close another one']);
      for (const socket of sockets) socket.close();
      await watchedNoMore();
    });

    it('is closed with a reason when the server stops, and does not keep it', async () => {
      const api = await createServer({
        ...{ ...shared, store, metrics: createMetrics(), sources: () => [], hosts: {}, version: '0' },
      });
      const address = await api.listen({ host: '127.0.0.1', port: 0 });
      const socket = new WebSocket(`${address.replace('http', 'ws')}/loki/api/v1/tail?query=%7Bsource%3D%22sip%22%7D`);
      await once(socket, 'open');
      const closed = once(socket, 'close') as Promise<[number, Buffer]>;
      await api.close();
      const [code] = await closed;
      expect([1000, 1001, 1005]).toContain(code);
    });
  });
});
