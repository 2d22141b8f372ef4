import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCalltrail } from '../../calltrail.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import { silentLog } from '../../core/runtime/log.ts';
import type { RecordedFrame } from '../replay/esl-recording.ts';
import { createEslReplayServer } from '../replay/esl-server.ts';
import { createUdpSender } from '../replay/hep-sender.ts';
import { readRecording } from '../replay/recording.ts';
import { reconnected } from '../replay/subscribed.ts';
import { ask } from '../system/calltrail.ts';
import { layTables } from '../system/tables.ts';
import { until } from '../system/until.ts';
import { createAsker } from '../truth/ask.ts';
import { readTruth } from '../truth/truth-file.ts';

const LIMIT_MS = 30_000;

interface Loss {
  /** What is lost of the first call of the recording: from this event of it on, or from the first word of it. */
  readonly from?: string;
  /** Up to this event of it, which is lost too. */
  readonly to: string;
  readonly withHep: boolean;
  /** What the switch says afterwards: of its living channels when it is asked, and of what happens then. */
  readonly snapshot: boolean;
  readonly after: boolean;
}

const BEGINNING: Loss = {
  to: 'CHANNEL_BRIDGE',
  withHep: true,
  snapshot: true,
  after: true,
};

describe('golden scenarios: the event socket is lost and found again', () => {
  it.for([
    ['begins while nobody listens', BEGINNING],
    ['is answered and bridged while nobody listens', { ...BEGINNING, from: 'CHANNEL_ANSWER', withHep: false }],
    ['nothing but the snapshot is heard of', { ...BEGINNING, withHep: false, after: false }],
  ] as const)('golden 28: a call that %s is whole', { timeout: LIMIT_MS }, async ([, loss]) => {
    const { identifiers, answers } = await playWithLoss(loss);
    expect(identifiers.length).toBeGreaterThan(2);
    for (const [asked, found] of answers) expect([...(found ?? [])].sort(), asked).toEqual([...identifiers].sort());
  });

  it('golden 28, when the switch does not say what lives and no more is heard: the dialogs alone', {
    timeout: LIMIT_MS,
  }, async () => {
    const { identifiers, answers } = await playWithLoss({ ...BEGINNING, snapshot: false, after: false });
    const dialogs = identifiers.filter((one) => answers.get(one) !== undefined);
    expect(dialogs).toHaveLength(2);
    for (const dialog of dialogs) expect(answers.get(dialog)).toEqual([dialog]);
  });
});

interface Asked {
  /** Of the call, by the truth. */
  readonly identifiers: readonly string[];
  readonly answers: ReadonlyMap<string, readonly string[] | undefined>;
}

async function playWithLoss({ from, to, withHep, snapshot, after }: Loss): Promise<Asked> {
  const recording = await readRecording(`${import.meta.dirname}/../recordings/01-basic`);
  const identifiers = readTruth(recording.truth).groups[0]?.identifiers ?? [];
  const frames = recording.esl[0]?.connections[0] ?? [];
  const indexOf = (name: string): number =>
    frames.findIndex((frame) => {
      const event = eventOf(frame);
      return event?.['Event-Name'] === name && identifiers.includes(event['Unique-ID'] ?? '');
    });
  const isOfCall = ({ bytes }: RecordedFrame): boolean => identifiers.some((one) => bytes.includes(one));
  const first = from === undefined ? frames.findIndex(isOfCall) : indexOf(from);
  const last = indexOf(to);
  expect(first).toBeGreaterThan(0);
  expect(last).toBeGreaterThan(first);

  // Nothing lives when the product connects for the first time.
  const switchSays: { channels?: string; dumps: Readonly<Record<string, string>> } = { dumps: {} };
  const password = 'ClueCon';
  const server = await createEslReplayServer(Object.assign(switchSays, { password }));
  const path = await mkdtemp(join(tmpdir(), 'calltrail-golden-'));
  await layTables(path);
  const product = await startCalltrail(
    resolveConfig({
      http: { port: 0 },
      store: { path, retention: { messages: 0, events: 0, logs: 0, identifiers: 0 } },
      collector: {
        hep: { udp: '127.0.0.1:0', tcp: '127.0.0.1:0' },
        freeswitch: [{ name: 'fs1', host: server.host, port: server.port, password }],
        trustSenderClock: true,
      },
    }),
    silentLog,
  );
  onTestFinished(async () => {
    await product.stop();
    await server.close();
    await rm(path, { recursive: true, force: true });
  });
  const asker = createAsker(product.httpUrl);
  if (withHep) {
    const flow = { received: () => asker.received('hep-udp'), window: 80 };
    const sender = await createUdpSender(product.hepUdp, flow);
    await sender.send(recording.hep.map(({ bytes }) => bytes));
    await sender.close();
    await until('HEP is received', async () => (await asker.received('hep-udp')) >= recording.hep.length);
  }
  await server.whenSubscribed();
  await server.feed(frames.slice(0, first));
  await until('what was before is received', async () => (await asker.received('esl:fs1')) >= first);
  if (snapshot) Object.assign(switchSays, snapshotOf(frames.slice(0, last + 1)));
  await reconnected('fs1', server, LIMIT_MS, undefined);
  const snapshots = (): Promise<number> => ask(product.httpUrl).counted('calltrail_received_total', 'kind="snapshot"');
  const living = Object.keys(switchSays.dumps).length;
  await until('the living channels are known', async () => (await snapshots()) >= living);
  const rest = after ? frames.slice(last + 1) : [];
  await server.feed(rest);
  await until('what was after is received', async () => (await asker.received('esl:fs1')) >= first + rest.length);
  await product.settled();
  const answers = new Map<string, readonly string[] | undefined>();
  for (const identifier of identifiers) answers.set(identifier, await asker.identifiersOf(identifier));
  return { identifiers, answers };
}

type EventJson = Readonly<Record<string, string>>;

function eventOf({ type, bytes }: RecordedFrame): EventJson | undefined {
  if (type !== 'text/event-json') return undefined;
  return JSON.parse(bytes.toString('utf8', bytes.indexOf('\n\n') + 2)) as EventJson;
}

/**
 * What the switch would have said of its living channels at this moment: what it had last said of each of them with all
 * of its variables, as `uuid_dump` does.
 */
function snapshotOf(frames: readonly RecordedFrame[]): { channels: string; dumps: Record<string, string> } {
  const living = new Map<string, EventJson>();
  for (const event of frames.map(eventOf)) {
    const uuid = event?.['Unique-ID'];
    if (event === undefined || uuid === undefined) continue;
    if (event['Event-Name'] === 'CHANNEL_DESTROY') living.delete(uuid);
    else if (event.variable_sip_call_id !== undefined) living.set(uuid, event);
  }
  const rows = [...living.keys()].map((uuid, i) => ({ uuid, created_epoch: String(1_795_256_000 + i) }));
  const dump = (event: EventJson): string => JSON.stringify({ ...event, 'Event-Name': 'CHANNEL_DATA' });
  return {
    channels: JSON.stringify({ row_count: rows.length, rows }),
    dumps: Object.fromEntries([...living].map(([uuid, event]) => [uuid, dump(event)])),
  };
}
