import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProcess } from '../../calltrail.ts';
import { importCapture } from '../../collector/pcap/import.ts';
import { createMemoryBus } from '../../core/bus/memory.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import { encodePcap } from '../../core/pcap/write.ts';
import { createLog, silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { openStore } from '../../core/store/open.ts';
import { startIndexer } from '../../indexer/indexer.ts';
import { NO_CORRELATION } from '../../indexer/options.ts';
import { temporaryDirectory } from '../core/store/helpers.ts';
import { createAmiReplayServer } from '../replay/ami-server.ts';
import { createEslReplayServer } from '../replay/esl-server.ts';
import { createTcpSender, createUdpSender } from '../replay/hep-sender.ts';
import { until } from '../system/until.ts';
import { filesWith, NAME, NUMBER, namesIn, SECRETS } from './planted.ts';
import { AMI_PACKETS, eslFrames, hepPackets, LOG_FILE, MESSAGES } from './planted-traffic.ts';

/** Columns that docs/privacy.md names: what a caller is known by stands here and nowhere else. */
const PLACES = [
  ...['audit.about', 'audit.numbers', 'births.from_key', 'births.to_key', 'calls.from_number', 'calls.line'],
  ...['calls.to_number', 'events.headers', 'feed.line', 'identifiers.value', 'logs.text', 'messages.payload'],
  'unreadable.bytes',
];

const HOSTILE = [
  `/api/search?q=%2B${NUMBER}`,
  `/api/search?q=${NUMBER}'%20OR%201=1`,
  `/api/search?q=${NUMBER}&from=nonsense`,
  `/api/calls/${NUMBER}`,
  `/api/calls/${NUMBER}/steps/${NUMBER}`,
  `/nothing/${NUMBER}`,
  `/loki/api/v1/query_range?query=${encodeURIComponent(`{app="x"} |= "${NUMBER}" | broken(`)}`,
  `/loki/api/v1/query_range?query=${encodeURIComponent(`{number="${NUMBER}"}`)}`,
  `/tempo/api/search?q=${encodeURIComponent(`{span.from="${NUMBER}"`)}`,
  `/ladder/${NUMBER}.svg`,
];

describe('planted numbers and secrets', { timeout: 180_000 }, () => {
  const directory = temporaryDirectory();
  const lines: string[] = [];
  const sent: string[] = [];
  let collector: Server;
  const closing: (() => Promise<unknown>)[] = [];

  afterAll(() => directory.remove());
  beforeEach(async () => {
    collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        sent.push(Buffer.concat(chunks).toString('latin1'));
        response.end();
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await new Promise((resolve) => collector.close(resolve));
  });

  const log = createLog((line) => void lines.push(line));
  const switches = async () => {
    const fs = await createEslReplayServer({ password: SECRETS.esl });
    const ast = await createAmiReplayServer({ username: 'calltrail', password: SECRETS.ami });
    closing.push(
      () => fs.close(),
      () => ast.close(),
    );
    return { fs, ast };
  };

  /** Starts the product, and sends everything into it. */
  const play = async (path: string, more: object) => {
    const { fs, ast } = await switches();
    mkdirSync(path, { recursive: true });
    const logFile = join(directory.path, 'freeswitch.log');
    writeFileSync(logFile, LOG_FILE);
    const config = resolveConfig({
      http: { host: '127.0.0.1', port: 0 },
      store: { path },
      collector: {
        hep: { udp: '127.0.0.1:0', tcp: '127.0.0.1:0', key: SECRETS.hepKey },
        freeswitch: [{ name: 'fs1', host: fs.host, port: fs.port, password: SECRETS.esl }],
        asterisk: [{ name: 'ast1', host: ast.host, port: ast.port, username: 'calltrail', password: SECRETS.ami }],
        logFiles: [{ path: logFile, node: 'fs2' }],
      },
      linker: { quietSeconds: 0, intervalSeconds: 0.5 },
      otlp: { url: `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces` },
      ...more,
    });
    const running = await startProcess(config, log);
    closing.push(() => running.stop());
    await Promise.all([fs.whenSubscribed(), ast.whenSubscribed()]);
    if (running.hep === undefined) throw new Error('no HEP');
    const udp = await createUdpSender(running.hep.udp);
    const tcp = await createTcpSender(running.hep.tcp);
    const nowUs = Date.now() * 1000;
    await udp.send(hepPackets(nowUs));
    // Over TCP what is no HEP ends the connection.
    await tcp.send(hepPackets(nowUs + 50).slice(0, MESSAGES.length + 3));
    await fs.feed(eslFrames());
    for (const packet of AMI_PACKETS) await ast.sendRaw(packet);
    const metrics = async (): Promise<string> => (await fetch(`${running.httpUrl}/metrics`)).text();
    const counted = (text: string, name: string): number =>
      text
        .split('\n')
        .filter((line) => line.startsWith(name))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    let text = '';
    const shown = {
      state: () =>
        text
          .split('\n')
          .filter((line) => /^calltrail_re/.test(line))
          .join('\n'),
    };
    const isRead = async (): Promise<boolean> => {
      text = await metrics();
      const read = (source: string): number => counted(text, `calltrail_received_total{source="${source}`);
      return (
        read('hep-udp') >= MESSAGES.length + 3 &&
        read('hep-tcp') >= MESSAGES.length + 3 &&
        read('esl:fs1') >= 5 &&
        read('ami:ast1') >= 3 &&
        read('log:') >= 1
      );
    };
    await until('everything is read', isRead, shown);
    await udp.close();
    await tcp.close();
    return { running, metrics, counted };
  };

  it('stand where the documentation says, and secrets nowhere', async () => {
    const path = join(directory.path, 'whole');
    mkdirSync(path, { recursive: true });
    // A capture file first: the embedded store is one process's.
    const store = await openStore({ kind: 'embedded', path }, silentLog);
    const bus = createMemoryBus({ capacity: 1000 });
    startIndexer({ bus, store, metrics: createMetrics(), log: silentLog, correlation: NO_CORRELATION });
    const at = { transport: 'udp', srcIp: '192.0.2.1', srcPort: 5060, dstIp: '192.0.2.2', dstPort: 5060 } as const;
    const capture = encodePcap(
      MESSAGES.map((text, i) => ({ ...at, atUs: Date.now() * 1000 + i, payload: Buffer.from(text) })),
    );
    await importCapture(
      (async function* () {
        yield capture;
      })(),
      { bus, metrics: createMetrics() },
    );
    await bus.close();
    const imported = await store.select<{ n: number }>('SELECT count() AS n FROM messages');
    expect(Number(imported[0]?.n)).toBeGreaterThanOrEqual(MESSAGES.length - 1);
    await store.close();

    const { running, metrics, counted } = await play(path, {});
    for (const url of HOSTILE) await (await fetch(`${running.httpUrl}${url}`)).text();
    await running.settled();
    // The call is over: the linker lists it, and the exporter sends its trace.
    const state = async (): Promise<string> => (await fetch(`${running.httpUrl}/api/search?q=${NUMBER}`)).text();
    const before = await state();
    await until('the trace is sent', () => sent.length > 0, { state: () => `${before}\n${lines.join('')}` });
    const text = await metrics();
    const kinds = ['sip_credentials', 'media_key', 'dtmf', 'password'];
    for (const kind of kinds) {
      expect(counted(text, `calltrail_scrubbed_total{kind="${kind}"}`), kind).toBeGreaterThan(0);
    }
    expect(namesIn(text, { ...SECRETS, NUMBER, NAME })).toEqual([]);
    expect(namesIn(lines.join(''), { ...SECRETS, NUMBER, NAME })).toEqual([]);
    expect(namesIn(sent.join('\n'), SECRETS)).toEqual([]);
    await running.stop();

    // Every column of every table, in whatever form; then the files, where parts are compressed.
    const again = await openStore({ kind: 'embedded', path }, silentLog);
    closing.push(() => again.close());
    const columns = await again.select<{ table: string; name: string }>(
      `SELECT table, name FROM system.columns WHERE database = currentDatabase() AND table NOT LIKE 'view_%' ORDER BY table, position`,
    );
    const placesOf: string[] = [];
    for (const { table, name } of columns) {
      const rows = await again.select<{ value: string }>(
        `SELECT toString(${name}) AS value FROM ${table} LIMIT 100000`,
      );
      const values = rows.map(({ value }) => value).join('\n');
      expect(namesIn(values, SECRETS), `${table}.${name}`).toEqual([]);
      if (namesIn(values, { NUMBER, NAME }).length > 0) placesOf.push(`${table}.${name}`);
    }
    expect(placesOf.filter((place) => !PLACES.includes(place))).toEqual([]);
    expect(placesOf).toEqual(expect.arrayContaining(['messages.payload', 'events.headers', 'identifiers.value']));
    expect(filesWith(path, SECRETS)).toEqual([]);
  });

  it('wait in the journal of a collector whose brokers are away without a secret', async () => {
    const path = join(directory.path, 'collector');
    const { running } = await play(path, { roles: ['collector'], kafka: { brokers: ['127.0.0.1:1'] } });
    await until('the journal holds it', () => (filesWith(path, { NUMBER }).length > 0 ? true : undefined));
    expect(filesWith(path, SECRETS)).toEqual([]);
    await running.stop();
    expect(filesWith(path, SECRETS)).toEqual([]);
    expect(filesWith(path, { NUMBER }).every((file) => file.startsWith('journal/'))).toBe(true);
    expect(namesIn(lines.join(''), { ...SECRETS, NUMBER, NAME })).toEqual([]);
  });
});
