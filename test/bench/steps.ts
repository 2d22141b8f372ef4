import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '@clickhouse/client';
import HepJs from 'hep-js';
import { decodeHep } from '../../collector/hep/decode.ts';
import { nextPacket, openFrame } from '../../core/frame/reader.ts';
import type { PacketFrame } from '../../core/model/capture-event.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { scanSip } from '../../core/sip/scan.ts';
import { createSipScan } from '../../core/sip/sip-scan.ts';
import { startEngine } from '../../core/store/embedded/process.ts';
import { createEmbeddedStore } from '../../core/store/embedded/store.ts';
import { migrate } from '../../core/store/migrate.ts';
import { encodeRows } from '../../core/store/rowbinary.ts';
import { createBatch } from '../../indexer/batch.ts';
import { storeBatch } from '../../indexer/indexer.ts';
import { NO_CORRELATION } from '../../indexer/options.ts';
import { createIntake } from '../collector/hep/helpers.ts';
import { cpuSecondsOf } from './cpu.ts';
import { packetsOf } from './load/packets.ts';

/**
 * What each step of the way costs, without sockets, and beside it the yardstick: the way one would write it first, with
 * hep-js, objects and JSONEachRow. All in one run, as machines differ from hour to hour and only ratios do not.
 */

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '12000' }, batch: { type: 'string', default: '20000' } },
});
const BATCH = Number(values.batch);

const sums = { packets: 0, bytes: 0, dialogs: 0 };
const load = { seed: 1, calls: Number(values.calls), startSec: Math.floor(Date.now() / 1000) - 900, spanSec: 1800 };
const packets = [...packetsOf(load, sums)];

const ownCpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const perMillion = (cpuSeconds: number): string => ((cpuSeconds / packets.length) * 1e6).toFixed(2);
const say = (name: string, cpuSeconds: number, more = ''): void =>
  void process.stdout.write(`${name.padEnd(46)} ${perMillion(cpuSeconds).padStart(7)} CPU s per million${more}\n`);

/** The third of three rounds: the compiler has had the first two. */
function step(name: string, run: (packet: Buffer) => void): void {
  let spent = 0;
  for (let round = 0; round < 3; round++) {
    const from = ownCpu();
    for (const packet of packets) run(packet);
    spent = ownCpu() - from;
  }
  say(name, spent);
}

const scan = createSipScan();
step('HEP decoding with hep-js', (packet) => void HepJs.decapsulate(packet));
step('HEP decoding', (packet) => void decodeHep(packet));
step('HEP decoding and SIP scan', (packet) => {
  const decoded = decodeHep(packet);
  if (decoded.ok) scanSip(decoded.packet.payloadIn, decoded.packet.payloadAt, decoded.packet.payloadEnd, scan);
});

const intakeOf = () => createIntake({}, createMetrics(), { source: 'bench', trustSenderClock: true });
const framesOf = (some: readonly Buffer[]): PacketFrame[] => {
  const intake = intakeOf();
  const frames: PacketFrame[] = [];
  const take = (): void => void frames.push(...intake.take().filter((event) => event.kind === 'frame'));
  for (const packet of some) {
    intake.read(packet, Date.now() * 1000, '127.0.0.1', 9060);
    if (intake.full()) take();
  }
  take();
  return frames;
};
const batch = createBatch({ ...NO_CORRELATION, correlationHeaders: ['x-cid', 'x-call-id'] });
const index = (frames: readonly PacketFrame[]): void => {
  batch.clear();
  for (const frame of frames) {
    const open = openFrame(frame);
    for (let at = 0; at < open.bytes.length; at = nextPacket(open, at)) batch.addPacket(open, at);
  }
};
const spent = { frames: 0, columns: 0, rows: 0, storing: 0, engine: 0 };
const measured = <T>(what: keyof typeof spent, run: () => T): T => {
  const from = ownCpu();
  const answer = run();
  spent[what] += ownCpu() - from;
  return answer;
};

const dir = await mkdtemp(join(tmpdir(), 'calltrail-bench-'));
const store = await createEmbeddedStore({ path: join(dir, 'own') }, silentLog);
try {
  await migrate(store);
  const deps = { store, metrics: createMetrics(), log: silentLog };
  for (let from = 0; from < packets.length; from += BATCH) index(framesOf(packets.slice(from, from + BATCH)));
  const engineFrom = cpuSecondsOf(store.pid());
  for (let from = 0; from < packets.length; from += BATCH) {
    const frames = measured('frames', () => framesOf(packets.slice(from, from + BATCH)));
    measured('columns', () => index(frames));
    measured('rows', () => batch.tables().map(({ table, rows }) => encodeRows(table, rows as never)));
    const before = ownCpu();
    await storeBatch(batch, deps);
    spent.storing += ownCpu() - before;
  }
  spent.engine = cpuSecondsOf(store.pid()) - engineFrom;
} finally {
  await store.close();
}
say('HEP to frames', spent.frames);
say('frames to columns, edges, terms, outlines', spent.columns);
say('rows of what is derived', spent.rows);
say('handing over to the engine, those rows again', spent.storing);
say('engine, merges so far included', spent.engine);
const own = spent.frames + spent.columns + spent.storing + spent.engine;
say('together', own);

/** SIP as one takes it apart with strings. */
function fieldsOf(text: string): Record<string, string> {
  const [head = ''] = text.split('\r\n\r\n', 1);
  const [first = '', ...lines] = head.split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] ??= line.slice(colon + 1).trim();
  }
  const user = (value = ''): string => /sips?:([^@>;]+)@/.exec(value)?.[1] ?? '';
  const [cseq = '', cseqMethod = ''] = (headers.cseq ?? '').split(' ');
  return {
    call_id: headers['call-id'] ?? '',
    method: first.startsWith('SIP/2.0') ? cseqMethod : (first.split(' ', 1)[0] ?? ''),
    status: first.startsWith('SIP/2.0') ? first.slice(8, 11) : '0',
    cseq,
    cseq_method: cseqMethod,
    from_user: user(headers.from),
    to_user: user(headers.to),
    x_cid: headers['x-cid'] ?? '',
  };
}

const engine = await startEngine({ path: join(dir, 'yardstick') }, silentLog);
const client = createClient({ url: engine.url, username: 'default', password: engine.password });
try {
  await client.command({
    query: `CREATE TABLE messages (at DateTime64(6), sensor UInt32, src String, dst String, call_id String, method String,
      status UInt16, cseq UInt32, cseq_method String, from_user String, to_user String, x_cid String, payload String)
      ENGINE = MergeTree ORDER BY (call_id, at)`,
  });
  const [ownFrom, engineFrom] = [ownCpu(), cpuSecondsOf(engine.pid)];
  for (let from = 0; from < packets.length; from += BATCH) {
    const rows = packets.slice(from, from + BATCH).map((packet) => {
      const decoded = HepJs.decapsulate(packet);
      if (decoded === false) throw new Error('hep-js does not read it');
      const { rcinfo, payload } = decoded;
      const info = rcinfo as unknown as Record<string, number | string>;
      return {
        at: `${info.timeSeconds}.${String(info.timeUseconds).padStart(6, '0')}`,
        sensor: info.captureId,
        src: `${info.srcIp}:${info.srcPort}`,
        dst: `${info.dstIp}:${info.dstPort}`,
        ...fieldsOf(payload),
        payload,
      };
    });
    await client.insert({ table: 'messages', values: rows, format: 'JSONEachRow' });
  }
  const straight = ownCpu() - ownFrom + cpuSecondsOf(engine.pid) - engineFrom;
  say('yardstick: hep-js, objects, JSONEachRow', straight, `; ${(straight / own).toFixed(1)} times ours`);
} finally {
  await client.close();
  await engine.stop();
  await rm(dir, { recursive: true, force: true });
}
