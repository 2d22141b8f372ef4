import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startProcess } from '../../calltrail.ts';
import { encodeHep } from '../../collector/hep/encode.ts';
import { parseConfig } from '../../core/config/load.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { recording } from '../collector/esl/fixtures.ts';
import { eventually, setUp as setUpEsl } from '../collector/esl/harness.ts';
import { createEslReplayServer } from '../replay/esl-server.ts';
import { createTcpSender, createUdpSender } from '../replay/hep-sender.ts';
import { ask } from './calltrail.ts';
import { startProgram } from './program.ts';
import { layTables } from './tables.ts';
import { until } from './until.ts';

const PASSWORD = 'ClueCon';
const FRAMES = recording('missing-ack');

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'calltrail-reload-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const packet = (callId: string): Buffer =>
  encodeHep({
    ...{ transport: 'udp', srcIp: '192.0.2.1', srcPort: 5060, dstIp: '192.0.2.2', dstPort: 5060, protocol: 1 },
    ...{ sentUs: Date.now() * 1000, captureId: 7, authKey: 'k' },
    payload: Buffer.from(
      `OPTIONS sip:a@example.net SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${callId}\r\nFrom: <sip:a@example.net>;tag=1\r\nTo: <sip:a@example.net>\r\nCall-ID: ${callId}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`,
    ),
  });

/** What a switch sends in all, by what one undisturbed source makes of it. */
async function undisturbed(): Promise<{ readonly events: number; readonly logs: number }> {
  const { server, bus } = await setUpEsl();
  await server.whenSubscribed();
  expect(await server.feed(FRAMES)).toBe(true);
  let before = -1;
  await eventually(async () => {
    const now = bus.all.length;
    const isStill = now > 0 && now === before;
    before = now;
    await sleep(200);
    expect(isStill).toBe(true);
  });
  return { events: bus.of('event').length, logs: bus.of('log').length };
}

test('forty configurations, one after the other, lose and double nothing of who is in all of them', async () => {
  const expected = await undisturbed();
  const [fs1, fs2] = [
    await createEslReplayServer({ password: PASSWORD }),
    await createEslReplayServer({ password: PASSWORD }),
  ];
  onTestFinished(async () => void (await Promise.all([fs1.close(), fs2.close()])));
  const store = directory();
  const node = ({ port }: { port: number }, name: string) => ({ name, host: '127.0.0.1', port, password: PASSWORD });
  /** Whatever may change does, and fs1 and both senders of HEP are in each. */
  const configOf = (n: number) =>
    parseConfig(
      JSON.stringify({
        http: { port: 0 },
        store: { path: store, retention: { messages: 0, events: 0, logs: 0, identifiers: 0 } },
        access: { anonymous: true, users: [{ name: `user${n}`, secret: `a-secret-of-user-${n}` }] },
        collector: {
          trustSenderClock: true,
          hep: {
            ...{ udp: '127.0.0.1:0', tcp: '127.0.0.1:0', key: 'k', maxConnections: 100 + n },
            ...(n % 3 === 0 ? {} : { allow: [`10.0.0.${n}`, { address: '127.0.0.0/8', maxPerSecond: 1_000_000 }] }),
            ...(n % 4 === 0 ? { unknown: 'quarantine' } : {}),
          },
          freeswitch: [
            ...(n % 2 === 0 ? [] : [{ ...node(fs2, 'fs2'), logLevel: n % 8 }]),
            { ...node(fs1, 'fs1'), logLevel: 7 },
          ],
        },
        hosts: { '192.0.2.1': `edge${n}` },
      }),
    );
  await layTables(store);
  const running = await startProcess(configOf(0), silentLog);
  onTestFinished(() => running.stop());
  const { counted } = ask(running.httpUrl);
  await fs1.whenSubscribed();

  let isOver = false;
  const sendAll = async (transport: 'tcp' | 'udp'): Promise<number> => {
    const sender =
      transport === 'tcp' ? await createTcpSender(running.hep!.tcp) : await createUdpSender(running.hep!.udp);
    let sent = 0;
    while (!isOver) {
      await sender.send(Array.from({ length: 20 }, () => packet(`${transport}-${sent++}@reload.example`)));
      await sleep(5);
    }
    await sender.close();
    return sent;
  };
  const feedAll = async (): Promise<void> => {
    const step = Math.ceil(FRAMES.length / 60);
    for (let at = 0; at < FRAMES.length; at += step) {
      expect(await fs1.feed(FRAMES.slice(at, at + step))).toBe(true);
      await sleep(10);
    }
  };
  const sending = Promise.all([sendAll('tcp'), sendAll('udp')]);
  const feeding = feedAll();
  for (let n = 1; n <= 40; n++) {
    expect(await running.reload.from(() => configOf(n))).toBe('applied');
    await sleep(20);
  }
  await feeding;
  isOver = true;
  const [tcp, udp] = await sending;
  await until('everything is received', async () => {
    const events = await counted('calltrail_received_total', 'source="esl:fs1",kind="event"');
    const overUdp = await counted('calltrail_received_total', 'source="hep-udp",kind="sip"');
    return events >= expected.events && overUdp + (await counted('calltrail_lost_total', 'kernel')) >= udp;
  });
  await running.settled();

  expect(tcp).toBeGreaterThan(500);
  expect(await counted('calltrail_received_total', 'source="hep-tcp",kind="sip"')).toBe(tcp);
  // What the kernel has no room for on a busy machine is no reload's doing.
  const dropped = await counted('calltrail_lost_total', 'stage="kernel"');
  expect(await counted('calltrail_received_total', 'source="hep-udp",kind="sip"')).toBe(udp - dropped);
  expect(await counted('calltrail_received_total', 'source="esl:fs1",kind="event"')).toBe(expected.events);
  expect(await counted('calltrail_received_total', 'source="esl:fs1",kind="log"')).toBe(expected.logs);
  expect(await counted('calltrail_stored_rows_total', 'table="messages"')).toBe(tcp + udp - dropped);
  expect(await counted('calltrail_lost_total')).toBe(dropped);
  expect(await counted('calltrail_rejected_total')).toBe(0);
  expect(await counted('calltrail_gaps_total', 'node="fs1"')).toBe(0);
  expect(await counted('calltrail_config_reloads_total', 'applied')).toBe(40);
  // Nobody logged in anew.
  expect(fs1.commands.filter((command) => command.startsWith('auth'))).toHaveLength(2);
}, 120_000);

test('users who are added are let in, and those who are removed are not, without a restart', async () => {
  const store = directory();
  const configOf = (...names: string[]) =>
    parseConfig(
      JSON.stringify({
        http: { port: 0 },
        store: { path: store },
        collector: { hep: { udp: '127.0.0.1:0', tcp: '127.0.0.1:0' } },
        access: { users: names.map((name) => ({ name, secret: `the-secret-of-${name}`, role: 'operator' })) },
      }),
    );
  await layTables(store);
  const running = await startProcess(configOf('ann'), silentLog);
  onTestFinished(() => running.stop());
  const statusOf = async (name: string): Promise<number> => {
    const headers = { authorization: `Bearer the-secret-of-${name}` };
    return (await fetch(`${running.httpUrl}/api/senders`, { headers })).status;
  };
  expect([await statusOf('ann'), await statusOf('bob')]).toEqual([200, 401]);
  await running.reload.from(() => configOf('bob'));
  expect([await statusOf('ann'), await statusOf('bob')]).toEqual([401, 200]);
  // Without any user everybody on loopback is let in.
  await running.reload.from(() => configOf());
  expect((await fetch(`${running.httpUrl}/api/senders`)).status).toBe(200);
}, 60_000);

test('the program reads its file again at SIGHUP and, when told to watch it, by itself', async () => {
  const folder = directory();
  const file = join(folder, 'calltrail.yaml');
  const write = (more: string): void =>
    writeFileSync(
      file,
      `http: { port: 0 }\nstore: { path: "${join(folder, 'data')}" }\ncollector: { hep: { udp: "127.0.0.1:0", tcp: "127.0.0.1:0" } }\n${more}\n`,
    );
  write('');
  const program = startProgram(process.execPath, ['main.ts', '--config', file, '--watch'], {
    cwd: join(import.meta.dirname, '../..'),
    stopMs: 20_000,
  });
  onTestFinished(() => program.stop());
  const says = (text: string): Promise<true> =>
    until(`it says "${text}"`, () => program.output().includes(text) || undefined, {
      timeoutMs: 60_000,
      state: program.output,
    }).then(() => true);
  await says(' is at http://');
  write('hosts: { 192.0.2.1: edge1 }');
  program.signal('SIGHUP');
  await says('configuration read: hosts taken over');
  write('hosts: { 192.0.2.1: [] }\nhots: 1');
  program.signal('SIGHUP');
  await says('error hots: there is no such setting');
  expect(program.isRunning()).toBe(true);
  write('hosts: { 192.0.2.2: edge2 }\nmetrics: { maxLabelValues: 7 }');
  await says('configuration read: hosts taken over; a restart is needed for metrics');
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
}, 120_000);
