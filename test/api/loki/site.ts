import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningCalltrail, startCalltrail } from '../../../calltrail.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';
import type { ConfigFile } from '../../../core/config/schema.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createPlayer } from '../../replay/player.ts';
import { readRecording } from '../../replay/recording.ts';
import { layTables } from '../../system/tables.ts';
import { createAsker } from '../../truth/ask.ts';
import { replayInto } from '../../truth/run.ts';

const recording = (name: string): string => fileURLToPath(new URL(`../../recordings/${name}`, import.meta.url));

/** What Loki's API answers, as far as tests look at it. */
export interface LokiAnswer {
  readonly status: string;
  readonly data: {
    readonly resultType: string;
    readonly encodingFlags?: readonly string[];
    readonly result: readonly {
      readonly stream: Readonly<Record<string, string>>;
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [
        string,
        string,
        { readonly structuredMetadata: Readonly<Record<string, string>> }?,
      ])[];
      readonly value: readonly [number, string];
    }[];
  };
}

export interface Site {
  readonly url: string;
  readonly running: RunningCalltrail;
  /** GET with parameters; `status` is checked. */
  ask(path: string, params: Record<string, string>, status?: number, headers?: Record<string, string>): Promise<string>;
  json<T = LokiAnswer>(path: string, params: Record<string, string>, headers?: Record<string, string>): Promise<T>;
  stop(): Promise<void>;
}

/** A Calltrail over recorded calls: SIP, the switch's events and its log. One tenant owns the switch of the first one. */
export async function startSite(
  names: readonly string[],
  tenants: { name: string; nodes: string[] }[] = [],
  more: { readonly reader?: NonNullable<ConfigFile['store']>['reader']; readonly linker?: ConfigFile['linker'] } = {},
): Promise<Site> {
  const path = mkdtempSync(join(tmpdir(), 'calltrail-loki-'));
  const players = await Promise.all(names.map(async (name) => createPlayer(await readRecording(recording(name)))));
  const config = resolveConfig({
    http: { port: 0 },
    store: {
      path,
      retention: { messages: 0, events: 0, logs: 0, identifiers: 0 },
      ...(more.reader === undefined ? {} : { reader: more.reader }),
    },
    // Its labels would come between two questions.
    linker: more.linker ?? { quietSeconds: 3600 },
    collector: { hep: { udp: '127.0.0.1:0', tcp: '127.0.0.1:0' }, trustSenderClock: true },
    correlation: { tenants },
  });
  const freeswitch = players.flatMap((player) => [...player.freeswitch]);
  const asterisk = players.flatMap((player) => [...player.asterisk]);
  await layTables(path);
  const running = await startCalltrail({ ...config, freeswitch, asterisk }, silentLog);
  const url = running.httpUrl;
  for (const player of players) {
    const lost = await replayInto(running, createAsker(url), player, 'recorded');
    if (lost.length > 0) throw new Error(lost.join('; '));
  }
  const ask: Site['ask'] = async (place, params, status = 200, headers = {}) => {
    const response = await fetch(`${url}${place}?${new URLSearchParams(params)}`, { headers });
    const text = await response.text();
    if (response.status !== status)
      throw new Error(`GET ${place} ${JSON.stringify(params)}: ${response.status} ${text}`);
    return text;
  };
  return {
    url,
    running,
    ask,
    json: async (place, params, headers) => JSON.parse(await ask(place, params, 200, headers)),
    async stop() {
      await Promise.all(players.map((player) => player.close()));
      await running.stop();
      rmSync(path, { recursive: true, force: true });
    },
  };
}
