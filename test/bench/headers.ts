import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEvent } from '../../collector/esl/event.ts';
import { createEventMemory } from '../../collector/esl/event-memory.ts';
import { allHeaders, type ChannelEventSeen, headerOf } from '../../core/model/capture-event.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createEmbeddedStore } from '../../core/store/embedded/store.ts';
import { migrate } from '../../core/store/migrate.ts';
import { encodeRows } from '../../core/store/rowbinary.ts';
import type { Row } from '../../core/store/tables.ts';
import { readRecording } from '../replay/recording.ts';
import { cpuSecondsOf } from './cpu.ts';
import { createTemplate, newValues, writeFrame } from './esl-template.ts';

/**
 * Ways to store the headers of events, side by side: whole in columns of different codecs, or as what is new in each.
 * Prints bytes on disk and the engine's CPU per two-leg call; the events are those of `esl.ts`, a second of 100 calls a
 * batch.
 */
const CALLS = Number(process.argv[2] ?? 600);
const BATCH = 100;
const NO_BASE = '0'.repeat(16);

const WAYS = {
  'whole, ZSTD(1)': { codec: 'ZSTD(1)', whole: true },
  'whole, ZSTD(3)': { codec: 'ZSTD(3)', whole: true },
  'whole, ZSTD(9)': { codec: 'ZSTD(9)', whole: true },
  'changes, ZSTD(1)': { codec: 'ZSTD(1)', whole: false },
  'changes, ZSTD(3)': { codec: 'ZSTD(3)', whole: false },
} as const;

/** Batches of rows, each of about 100 calls; events of a call come one after the other. */
async function makeBatches(): Promise<ChannelEventSeen[][]> {
  const batches: ChannelEventSeen[][] = [];
  const dir = new URL('../recordings/01-basic', import.meta.url).pathname;
  const template = createTemplate((await readRecording(dir)).esl[0]?.connections[0] ?? []);
  let sequence = 1_000_000;
  const target = Buffer.alloc(1 << 20);
  for (let calls = 0; calls < CALLS; ) {
    const memory = createEventMemory();
    const events: ChannelEventSeen[] = [];
    for (let inBatch = 0; inBatch < BATCH; inBatch += template.calls) {
      const copy = { values: newValues(template), core: Buffer.from('0'.repeat(36)), laterUs: calls * 1e6 };
      for (const frame of template.frames) {
        if (frame.kind !== 'event' || !frame.stored) continue;
        const end = writeFrame(frame, copy, () => sequence++, target, 0);
        const body = target.subarray(target.indexOf('\n\n') + 2, end);
        const reading = readEvent(Buffer.from(body), {
          node: 'fs1',
          arrivedUs: 1.8e15,
          trustSenderClock: true,
          memory,
        });
        if (reading.ok && headerOf(reading.event.headers, 'Unique-ID') !== '') events.push(reading.event);
      }
      calls += template.calls;
    }
    batches.push(events);
  }
  return batches;
}

function rowsOf(events: readonly ChannelEventSeen[], whole: boolean): Row<'events'>[] {
  return events.map((event) => {
    const { id, atUs, arrivedUs, origin, node, coreUuid, sequence, name, headers, kept } = event;
    const all = whole || kept === undefined;
    return {
      ...{ id, at: atUs, arrived: arrivedUs, origin, node, core_uuid: coreUuid, sequence, name },
      subclass: headerOf(headers, 'Event-Subclass'),
      channel: headerOf(headers, 'Unique-ID'),
      backfill: 0,
      whole: all || kept.recipe === '' ? 1 : 0,
      base: all ? NO_BASE : kept.base || NO_BASE,
      recipe: all ? '' : kept.recipe,
      headers: all ? Buffer.from(JSON.stringify(allHeaders(headers))) : kept.text,
    };
  });
}

const batches = await makeBatches();
const calls = batches.length * 102;
for (const [name, { codec, whole }] of Object.entries(WAYS)) {
  const dir = await mkdtemp(join(tmpdir(), 'calltrail-bench-'));
  const store = await createEmbeddedStore({ path: dir }, silentLog);
  try {
    await migrate(store);
    await store.command(`ALTER TABLE events MODIFY COLUMN headers String CODEC(${codec})`);
    const rows = batches.map((events) => rowsOf(events, whole));
    const raw = rows.reduce((sum, some) => sum + encodeRows('events', some).length, 0);
    const from = cpuSecondsOf(store.pid() ?? 0);
    for (const [i, some] of rows.entries()) await store.insert('events', some, `${i}`);
    await store.command('OPTIMIZE TABLE events FINAL');
    const cpu = cpuSecondsOf(store.pid() ?? 0) - from;
    const [disk] = await store.select<{ bytes: number }>(
      "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND table = 'events'",
    );
    process.stdout.write(
      `${name.padEnd(18)} ${(raw / calls / 1000).toFixed(0).padStart(4)} KB a call written, ` +
        `${((disk?.bytes ?? 0) / calls / 1000).toFixed(2)} KB on disk, engine ${((cpu / calls) * 1000).toFixed(2)} ms\n`,
    );
  } finally {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  }
}
