import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call, Ladder, SearchAnswer } from '../../api/schemas.ts';
import { startCalltrail } from '../../calltrail.ts';
import type { Endpoint } from '../../core/config/config.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import type { ConfigFile } from '../../core/config/schema.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { layTables } from './tables.ts';

/** What a test asks of a Calltrail over HTTP. */
export interface Asked {
  get(path: string): Promise<Response>;
  call(key: string): Promise<Call>;
  ladder(key: string): Promise<Ladder>;
  search(text: string): Promise<SearchAnswer>;
  /** The sum of a counter, or of several at one moment, over all labels that hold `match`. */
  counted(names: string | readonly string[], match?: string): Promise<number>;
}

export function ask(url: string): Asked {
  const get = (path: string): Promise<Response> => fetch(`${url}${path}`);
  const json = async <T>(path: string): Promise<T> => {
    const response = await get(path);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    get,
    call: (key) => json(`/api/calls/${encodeURIComponent(key)}`),
    ladder: (key) => json(`/api/calls/${encodeURIComponent(key)}/ladder`),
    search: (text) => json(`/api/search?q=${encodeURIComponent(text)}`),
    async counted(names, match = '') {
      const text = await (await get('/metrics')).text();
      const isOne = (line: string): boolean => [names].flat().some((name) => line.startsWith(name));
      const lines = text.split('\n').filter((line) => isOne(line) && line.includes(match));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
  };
}

export interface TestCalltrail extends Asked {
  readonly httpUrl: string;
  readonly hepUdp: Endpoint;
  readonly hepTcp: Endpoint;
  /** Resolves when everything received so far is stored. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** A Calltrail in this process, on free loopback ports and with an empty store. It takes old recordings as they are. */
export async function startTestCalltrail(
  correlation: ConfigFile['correlation'] = {},
  more: Pick<ConfigFile, 'linker' | 'hosts'> = {},
): Promise<TestCalltrail> {
  const path = mkdtempSync(join(tmpdir(), 'calltrail-system-'));
  const config = resolveConfig({
    http: { port: 0 },
    store: { path, retention: { messages: 0, events: 0, logs: 0, identifiers: 0 } },
    collector: { hep: { udp: '127.0.0.1:0', tcp: '127.0.0.1:0' }, trustSenderClock: true },
    correlation,
    ...more,
  });
  const removeStore = (): void => rmSync(path, { recursive: true, force: true });
  try {
    await layTables(path);
    const running = await startCalltrail(config, silentLog);
    return {
      ...ask(running.httpUrl),
      httpUrl: running.httpUrl,
      hepUdp: running.hepUdp,
      hepTcp: running.hepTcp,
      settled: () => running.settled(),
      async stop() {
        await running.stop();
        removeStore();
      },
    };
  } catch (error) {
    removeStore();
    throw error;
  }
}
