import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { startCalltrail } from '../../calltrail.ts';
import { encodeHep } from '../../collector/hep/encode.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { frame } from '../replay/esl-answers.ts';
import { createEslReplayServer } from '../replay/esl-server.ts';
import { percentile } from './measured.ts';

/**
 * How long a new line takes to be shown: SIP messages over HEP and log lines over the event socket go into the whole
 * product at odd moments, and live tails that wait for them say when the frame is there.
 *
 *   node test/bench/tail.ts [--lines 100] [--tails 1] [--rate 0]
 *
 * `--tails` more of them look on, `--rate` other messages a second are taken meanwhile.
 */
const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '100' },
    tails: { type: 'string', default: '1' },
    rate: { type: 'string', default: '0' },
  },
});
const PASSWORD = 'ClueCon';
const CHANNEL = crypto.randomUUID();
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const path = await mkdtemp(join(tmpdir(), 'calltrail-tail-bench-'));
const freeswitch = await createEslReplayServer({ password: PASSWORD });
const running = await startCalltrail(
  resolveConfig({
    http: { port: 0 },
    store: { path },
    collector: {
      hep: { udp: '127.0.0.1:0', tcp: '127.0.0.1:0' },
      freeswitch: [{ name: 'fs1', host: '127.0.0.1', port: freeswitch.port, password: PASSWORD, utcOffsetMinutes: 0 }],
    },
  }),
  silentLog,
);
await freeswitch.whenSubscribed();
const udp = createSocket('udp4');

const message = (callId: string, mark: string): Buffer =>
  encodeHep({
    ...{ transport: 'udp', srcIp: '192.0.2.1', srcPort: 5060, dstIp: '192.0.2.2', dstPort: 5060 },
    ...{ sentUs: Date.now() * 1000, protocol: 1, captureId: 7 },
    payload: Buffer.from(
      `OPTIONS sip:192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${mark}\r\nFrom: <sip:a@192.0.2.1>;tag=1\r\n` +
        `To: <sip:b@192.0.2.2>\r\nCall-ID: ${callId}\r\nCSeq: 1 OPTIONS\r\nX-Mark: ${mark}\r\nContent-Length: 0\r\n\r\n`,
    ),
  });
const logLine = (mark: string): Buffer => {
  const at = new Date().toISOString().replace('T', ' ').replace('Z', '000');
  const text = `${at} 7.13% [NOTICE] switch_channel.c:1142 mark ${mark}\n`;
  const body = `Log-Level: 5\nText-Channel: 3\nLog-File: switch_channel.c\nLog-Func: f\nLog-Line: 1142\nUser-Data: ${CHANNEL}\n\n${text}`;
  const [, length = ''] = /Content-Length: (\d+)/.exec(frame('log/data', text)) ?? [];
  return Buffer.from(`Content-Type: log/data\nContent-Length: ${length}\n${body}`);
};
const send = (packet: Buffer): void => udp.send(packet, running.hepUdp.port, running.hepUdp.host);

const sent = new Map<string, number>();
const took = new Map<string, number[]>([
  ['HEP', []],
  ['event socket', []],
]);
const seen = (text: string): void => {
  const now = performance.now();
  for (const [, mark = ''] of text.matchAll(/mark:? ([a-z]+-\d+)/gi)) {
    const at = sent.get(mark);
    if (at === undefined) continue;
    sent.delete(mark);
    took.get(mark.startsWith('hep') ? 'HEP' : 'event socket')?.push(now - at);
  }
};

const query = new URLSearchParams({ query: '{source=~"sip|pbx"} |~ "(?i)mark"' });
const sockets = await Promise.all(
  Array.from({ length: Number(values.tails) }, async () => {
    const socket = new WebSocket(`${running.httpUrl.replace('http', 'ws')}/loki/api/v1/tail?${query}`);
    await once(socket, 'open');
    return socket;
  }),
);
sockets[0]?.on('message', (data) => seen(String(data)));
await sleep(2000);

let others = 0;
const rate = Number(values.rate);
const load = setInterval(() => {
  for (let i = 0; i < rate / 50; i++) send(message(`other-${others}`, `other-${others++}`));
}, 20);
const cpu = process.cpuUsage();
const from = performance.now();
for (let i = 0; i < Number(values.lines); i++) {
  await sleep(150 + Math.random() * 500);
  const mark = i % 2 === 0 ? `hep-${i}` : `esl-${i}`;
  sent.set(mark, performance.now());
  if (i % 2 === 0) send(message('mark@bench', mark));
  else await freeswitch.feed([{ atMs: 0, type: 'log/data', bytes: logLine(mark) }]);
}
await sleep(3000);
clearInterval(load);
const { user, system } = process.cpuUsage(cpu);
const share = ((user + system) / 1000 / (performance.now() - from)) * 100;
say(`${values.tails} tail(s), ${values.rate} other messages a second; ${share.toFixed(0)} % of a core, engine apart`);
for (const [name, times] of took) {
  const at = (p: number): string => `${percentile(times, p).toFixed(0)} ms`;
  say(`${name}: ${times.length} lines, p50 ${at(50)}, p95 ${at(95)}, max ${at(100)}`);
}
say(`${sent.size} lines were not shown`);

for (const socket of sockets) socket.close();
udp.close();
await running.stop();
await freeswitch.close();
await rm(path, { recursive: true, force: true });
