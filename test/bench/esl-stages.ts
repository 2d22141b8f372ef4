import { fileURLToPath } from 'node:url';
import { createFrameReader, type EslFrame } from '../../collector/esl/frame.ts';
import { createIntake } from '../../collector/esl/intake.ts';
import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { encodeRows } from '../../core/store/rowbinary.ts';
import type { Row, TableName } from '../../core/store/tables.ts';
import { createBatch } from '../../indexer/batch.ts';
import { NO_CORRELATION } from '../../indexer/options.ts';
import { readRecording } from '../replay/recording.ts';
import { type Copy, createTemplate, type FrameTemplate, newValues, type Template, writeFrame } from './esl-template.ts';

/**
 * What a FreeSWITCH call costs before it is handed to the store, stage by stage and without sockets: the calls of
 * `esl.ts` from one node, 25 a second, in chunks of 20 ms and batches of a second. Prints the best of several rounds, as
 * what else runs on the machine only adds to it.
 *
 *     node --max-semi-space-size=64 test/bench/esl-stages.ts [rounds]
 */
const ROUNDS = Number(process.argv[2] ?? 12);
const CALLS_PER_SECOND = 25;
const SECONDS = 8;
const TICK_MS = 20;

interface Tick {
  readonly events: Buffer;
  readonly logs: Buffer;
}

async function loadTemplates(): Promise<Template[]> {
  const templates: Template[] = [];
  for (const name of ['01-basic', '04-failover-fork', '09-tandem']) {
    const dir = fileURLToPath(new URL(`../recordings/${name}`, import.meta.url));
    for (const { connections } of (await readRecording(dir)).esl) templates.push(createTemplate(connections[0] ?? []));
  }
  return templates;
}

/** New calls, with the pauses that were between their frames. */
function makeTicks(templates: readonly Template[]): { ticks: Tick[]; calls: number } {
  const due: { frame: FrameTemplate; copy: Copy }[][] = [];
  let calls = 0;
  for (let begun = 0; calls < CALLS_PER_SECOND * SECONDS; begun++) {
    const template = templates[begun % templates.length]!;
    const tick = Math.floor((calls / CALLS_PER_SECOND) * (1000 / TICK_MS));
    const laterUs = Date.now() * 1000 + tick * TICK_MS * 1000 - template.startUs;
    const copy: Copy = { values: newValues(template), core: Buffer.from('0'.repeat(36)), laterUs };
    for (const frame of template.frames) {
      const at = tick + Math.ceil(frame.afterMs / TICK_MS);
      due[at] ??= [];
      due[at].push({ frame, copy });
    }
    calls += template.calls;
  }
  let sequence = 1_000_000;
  const written = (kind: 'event' | 'log', frames: (typeof due)[number]): Buffer =>
    Buffer.concat(
      frames
        .filter(({ frame }) => frame.kind === kind)
        .map(({ frame, copy }) => {
          const target = Buffer.alloc(frame.bytes.length);
          writeFrame(frame, copy, () => sequence++, target, 0);
          return target;
        }),
    );
  const ticks = Array.from(due, (frames = []) => ({ events: written('event', frames), logs: written('log', frames) }));
  return { ticks, calls };
}

const STAGES = ['frames of events', 'events', 'frames of log lines', 'log lines', 'rows', 'bytes of rows'] as const;
type Stage = (typeof STAGES)[number];

async function round(ticks: readonly Tick[]): Promise<Record<Stage, number>> {
  const spent = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>;
  let from = process.cpuUsage();
  const done = (stage: Stage): void => {
    const { user, system } = process.cpuUsage(from);
    spent[stage] += user + system;
    from = process.cpuUsage();
  };
  const intake = createIntake({
    node: { name: 'fs1', host: '127.0.0.1', port: 8021 },
    trustSenderClock: true,
    metrics: createMetrics(),
    nowUs: () => Date.now() * 1000,
    heartbeatMs: undefined,
  });
  const [readEvents, readLogs] = [intake.events(), intake.logs()];
  const [eventFrames, logFrames] = [createFrameReader(), createFrameReader()];
  const batch = createBatch(NO_CORRELATION);
  let waiting: CaptureEvent[] = [];
  for (const [i, { events, logs }] of ticks.entries()) {
    from = process.cpuUsage();
    let frames: readonly EslFrame[] = eventFrames.push(events);
    done('frames of events');
    waiting.push(...readEvents(frames));
    done('events');
    frames = logFrames.push(logs);
    done('frames of log lines');
    waiting.push(...(await readLogs(frames)));
    done('log lines');
    if (i % (1000 / TICK_MS) > 0) continue;
    batch.clear();
    for (const event of waiting) batch.add(event);
    done('rows');
    batch.token();
    batch.blocks();
    for (const { table, rows } of batch.tables()) encodeRows(table, rows as readonly Row<TableName>[]);
    waiting = [];
    done('bytes of rows');
  }
  return spent;
}

const { ticks, calls } = makeTicks(await loadTemplates());
const rounds: Record<Stage, number>[] = [];
for (let i = 0; i < ROUNDS; i++) rounds.push(await round(ticks));
const perCall = (stage: Stage): number => Math.min(...rounds.map((spent) => spent[stage])) / calls / 1000;
for (const stage of STAGES) process.stdout.write(`${stage.padEnd(20)} ${perCall(stage).toFixed(2)} ms a call\n`);
process.stdout.write(
  `together             ${STAGES.reduce((sum, stage) => sum + perCall(stage), 0).toFixed(2)} ms a call\n`,
);
