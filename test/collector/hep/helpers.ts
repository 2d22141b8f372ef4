import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { decodeHep } from '../../../collector/hep/decode.ts';
import { createDoor, type DoorRules } from '../../../collector/hep/door.ts';
import { encodeHep, type HepToSend } from '../../../collector/hep/encode.ts';
import { createHepIntake, type HepIntake, type IntakeCounters } from '../../../collector/hep/intake.ts';
import { type HepPacket, payloadOf } from '../../../collector/hep/packet.ts';
import { createStrangers } from '../../../collector/hep/strangers.ts';
import { createToFrame } from '../../../collector/hep/to-frame.ts';
import type { Bus } from '../../../core/bus/bus.ts';
import { packetsOf } from '../../../core/frame/reader.ts';
import { createFrameWriter } from '../../../core/frame/writer.ts';
import type { CaptureEvent, PacketSeen } from '../../../core/model/capture-event.ts';
import type { Metrics } from '../../../core/runtime/metrics.ts';

const FIXTURES = new URL('./fixtures/', import.meta.url);

export interface Recorded {
  readonly sender: string;
  readonly note: string;
  readonly arrivedMs: number;
  readonly bytes: Buffer;
}

export const fixture = (name: string): Buffer => readFileSync(new URL(name, FIXTURES));

export const recordedPackets: readonly Recorded[] = gunzipSync(fixture('packets.jsonl.gz'))
  .toString()
  .trim()
  .split('\n')
  .map((line) => {
    const { hex, ...rest } = JSON.parse(line) as { sender: string; note: string; arrivedMs: number; hex: string };
    return { ...rest, bytes: Buffer.from(hex, 'hex') };
  });

/** Those of one sender ("Kamailio") and note ("SIP over UDP"). */
export function recorded(sender: string, note: string): readonly Recorded[] {
  const found = recordedPackets.filter((packet) => packet.sender.startsWith(sender) && packet.note === note);
  if (found.length === 0) throw new Error(`no recorded packet of ${sender}: ${note}`);
  return found;
}

export const oneRecorded = (sender: string, note: string): Recorded => recorded(sender, note)[0]!;

export function decoded(bytes: Buffer): HepPacket & { readonly payload: Buffer } {
  const result = decodeHep(bytes);
  if (!result.ok) throw new Error(`not decoded: ${result.reason}`);
  return { ...result.packet, payload: payloadOf(result.packet) };
}

/** A decoded packet as the rest of the program sees it: put into a frame and read from it. */
export function toPacketSeen(
  packet: HepPacket,
  arrivedUs: number,
  trustSenderClock: boolean,
  senderHost = '',
): PacketSeen {
  const writer = createFrameWriter();
  createToFrame(writer, trustSenderClock).add(packet, arrivedUs, senderHost);
  return packetsOf(writer.take()!)[0]!;
}

/** Events with each packet of a frame by itself. */
export const spread = (events: readonly CaptureEvent[]): CaptureEvent[] =>
  events.flatMap((event) => (event.kind === 'frame' ? packetsOf(event) : [event]));

/** What an intake makes of one packet; undefined when it keeps nothing of it. */
export function readOne(intake: HepIntake, ...args: Parameters<HepIntake['read']>): CaptureEvent | undefined {
  intake.read(...args);
  return spread(intake.take())[0];
}

export const reasonOf = (bytes: Buffer): string => {
  const result = decodeHep(bytes);
  return result.ok ? `decoded, flaw "${result.packet.flaw}"` : result.reason;
};

export const SIP = Buffer.from(
  'OPTIONS sip:a@example.net SIP/2.0\r\nCall-ID: c1@example.net\r\nContent-Length: 0\r\n\r\n',
);

export const toSend: HepToSend = {
  transport: 'udp',
  srcIp: '192.0.2.1',
  srcPort: 5060,
  dstIp: '198.51.100.7',
  dstPort: 5080,
  sentUs: 1_795_258_649_951_337,
  protocol: 1,
  captureId: 101,
  payload: SIP,
};

export const hepOf = (changes: Partial<HepToSend> = {}): Buffer => encodeHep({ ...toSend, ...changes });

/** HEP v1 or v2 as Kamailio (header length without the time header) or sofia-sip (with it) writes it. */
export function oldHep(version: 1 | 2, addresses: Buffer, payload: Buffer, headerCountsTime = false): Buffer {
  const fixed = Buffer.from([version, 8 + addresses.length, addresses.length === 8 ? 2 : 10, 17, 0, 0, 0, 0]);
  fixed.writeUInt16BE(5060, 4);
  fixed.writeUInt16BE(5080, 6);
  if (version === 1) return Buffer.concat([fixed, addresses, payload]);
  if (headerCountsTime) fixed[1]! += 12;
  const time = Buffer.alloc(12);
  time.writeUInt32LE(1_795_258_649, 0);
  time.writeUInt32LE(951_337, 4);
  time.writeUInt16LE(200, 8);
  return Buffer.concat([fixed, addresses, time, payload]);
}

/** Numbers from 0 to below 2^32 that depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** A listener that everybody may send to. */
export const OPEN = {
  rules: { unknown: 'refuse' },
  limits: { maxConnections: 1024, maxConnectionsPerSender: 128 },
  strangers: createStrangers(),
} as const;

/** An intake as a listener for datagrams has it. */
export function createIntake(
  rules: Partial<DoorRules>,
  metrics: IntakeCounters,
  { source = 'hep-udp', trustSenderClock = false, strangers = createStrangers() } = {},
): HepIntake {
  const door = createDoor({ unknown: 'refuse', ...rules });
  return createHepIntake({ source, door, strangers, dropsOverRate: true, trustSenderClock, metrics });
}

/** A bus that keeps what it is given and holds publishers up while it is closed to them. */
export interface TestBus extends Bus {
  readonly events: CaptureEvent[];
  /** How many batches were published. */
  batches(): number;
  hold(): void;
  release(): void;
  setRoom(events: number): void;
}

export function createTestBus(): TestBus {
  const events: CaptureEvent[] = [];
  let room = Number.POSITIVE_INFINITY;
  let batches = 0;
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  return {
    events,
    batches: () => batches,
    hold: () => {
      gate = Promise.withResolvers<void>();
    },
    release: () => gate.resolve(),
    setRoom: (count) => {
      room = count;
    },
    publish(batch) {
      batches++;
      events.push(...spread(batch));
      return gate.promise;
    },
    room: () => room,
    subscribe: () => undefined,
    drained: () => gate.promise,
    close: async () => gate.resolve(),
  };
}

/** The sum of a counter over the series that carry all of these labels. */
export async function counted(metrics: Metrics, name: string, labels: Record<string, string> = {}): Promise<number> {
  const metric = (await metrics.registry.getMetricsAsJSON()).find((one) => one.name === name);
  if (metric === undefined) throw new Error(`no metric ${name}`);
  const matches = metric.values.filter((value) =>
    Object.entries(labels).every(([label, wanted]) =>
      Object.entries(value.labels).some(([k, v]) => k === label && v === wanted),
    ),
  );
  return matches.reduce((sum, value) => sum + value.value, 0);
}
