import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Health } from '../../api/schemas.ts';
import { type RunningProcess, startProcess } from '../../calltrail.ts';
import { encodeHep } from '../../collector/hep/encode.ts';
import { parseConfig } from '../../core/config/load.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createTcpSender } from '../replay/hep-sender.ts';
import { ask } from './calltrail.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

/** A process whose brokers are away. */
async function start(roles: readonly string[]): Promise<RunningProcess & { readonly directory: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'calltrail-roles-'));
  const running = await startProcess(
    parseConfig(
      JSON.stringify({
        http: { port: 0 },
        roles,
        store: { path: join(directory, 'data') },
        kafka: { brokers: [`127.0.0.1:${await freePort('127.0.0.1')}`] },
        collector: { hep: { udp: '127.0.0.1:0', tcp: '127.0.0.1:0' } },
      }),
    ),
    silentLog,
  );
  onTestFinished(async () => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return { ...running, directory };
}

const healthOf = async (url: string): Promise<Health> => (await (await fetch(`${url}/healthz`)).json()) as Health;

test('a process that only collects opens no store, answers for itself alone, and keeps what the brokers do not take', async () => {
  const { httpUrl, hep, directory } = await start(['collector']);
  const { store, sources } = await healthOf(httpUrl);
  expect(store.state).toBe('none');
  expect(sources.map(({ name }) => name)).toEqual(['hep-udp', 'hep-tcp', 'kafka-send']);
  expect((await fetch(`${httpUrl}/api/search`)).status).toBe(404);
  expect(readdirSync(join(directory, 'data'))).toEqual(['journal']);

  const sender = await createTcpSender(hep!.tcp);
  const packet = { srcIp: '192.0.2.1', srcPort: 5060, dstIp: '192.0.2.2', dstPort: 5060, transport: 'tcp' } as const;
  await sender.send([
    encodeHep({ ...packet, protocol: 1, sentUs: Date.now() * 1000, captureId: 1, payload: Buffer.from('x') }),
  ]);
  await sender.close();
  const { counted } = ask(httpUrl);
  await until('it is taken', async () => (await counted('calltrail_bus_taken_total')) === 1);
  await until('the brokers are missed', async () => {
    const { status, sources: now } = await healthOf(httpUrl);
    return status === 'degraded' && now.some(({ detail }) => detail.startsWith('the broker does not take events:'));
  });
  expect(await counted('calltrail_bus_waiting_events')).toBe(1);
  expect(await counted('calltrail_lost_total')).toBe(0);
  expect(await counted('calltrail_kafka_errors_total', 'send')).toBeGreaterThan(0);
}, 60_000);

test('a process without a collector takes no HEP, and says that it waits for the brokers', async () => {
  const { httpUrl, hep, directory } = await start(['indexer', 'linker', 'api']);
  expect(hep).toBeUndefined();
  expect(existsSync(join(directory, 'data', 'journal'))).toBe(false);
  const { status, store, sources } = await healthOf(httpUrl);
  expect([status, store.state]).toEqual(['degraded', 'up']);
  expect(sources.map(({ name, state }) => `${name} ${state}`)).toEqual(['kafka-read connecting']);
  expect((await fetch(`${httpUrl}/api/search`)).status).toBe(200);
}, 60_000);
