import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Call, Ladder, Step } from '../../api/schemas.ts';
import { tsharkFields } from '../core/pcap/tshark.ts';
import { createPlayer } from '../replay/player.ts';
import { type Recording, readRecording } from '../replay/recording.ts';
import { startTestCalltrail, type TestCalltrail } from './calltrail.ts';
import { needs } from './needs.ts';

const RECORDINGS = fileURLToPath(new URL('../recordings', import.meta.url));
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const TCP = 6;
/** Requests on their way at a time, and datagrams that fit into any system's receive buffer. */
const AT_ONCE = 4;
const WINDOW = 80;
const TAKEN = ['calltrail_received_total', 'calltrail_rejected_total'];

interface Exported {
  readonly call: Call;
  readonly ladder: Ladder;
  readonly capture: Buffer;
}

needs('tshark')('the exported capture of every recorded call', () => {
  let calltrail: TestCalltrail;

  beforeAll(async () => {
    calltrail = await startTestCalltrail();
  });
  afterAll(async () => {
    await calltrail?.stop();
  });

  const names = readdirSync(RECORDINGS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  test.each(names)('%s: holds exactly the SIP messages that the ladder draws, and nothing malformed', async (name) => {
    const recording = await readRecording(`${RECORDINGS}/${name}`);
    const callIds = capturedCallIds(recording);
    await play(recording, calltrail);
    const calls = await exportAll(calltrail, callIds);
    expect(calls.flatMap(({ call }) => call.callIds)).toEqual(expect.arrayContaining(callIds));
    expect(calls.length).toBeGreaterThan(0);

    const dissected = dissect(calls.map(({ capture }) => capture));
    for (const [i, { call, ladder }] of calls.entries()) {
      const { messages, callIds: seen, malformed } = dissected[i] as Dissected;
      expect(malformed, call.id).toEqual([]);
      expect(ladder.truncated).toBe(false);
      expect(messages, call.id).toBe(ladder.steps.filter(isSipMessage).length);
      expect(messages).toBeGreaterThan(0);
      expect(call.callIds).toEqual(expect.arrayContaining([...seen]));
    }
  });

  test('nothing of the recordings was lost or refused on the way', async () => {
    expect(await calltrail.counted('calltrail_lost_total')).toBe(0);
  });
});

/** Pieces of a TCP stream, as some sensors send them, are kept in the capture, but not as SIP. Reports of media are no SIP. */
const isSipMessage = ({ kind, method, status, flaw }: Step): boolean =>
  kind === 'message' && (method !== null || status !== null) && flaw !== 'fragment';

const CALL_ID = /^(?:Call-ID|i)[ \t]*:[ \t]*([^\r\n]+)/gim;
const INVITE = /INVITE \S+ SIP\/2\.0\r\n(?:[^\r\n]+\r\n)*?(?:Call-ID|i)[ \t]*:[ \t]*([^\r\n]+)/gi;

/**
 * The Call-IDs of all calls that a sensor saw: of every INVITE, and of what the truth names besides, where the recording
 * has one. What OpenSIPS writes to hide a Call-ID may only have been on the wire.
 */
function capturedCallIds({ truth, hep }: Recording): string[] {
  const packets = hep.map(({ bytes }) => bytes.toString('latin1'));
  const found = (pattern: RegExp): Set<string> =>
    new Set(packets.flatMap((packet) => Array.from(packet.matchAll(pattern), ([, id = '']) => id)));
  const seen = found(CALL_ID);
  const { calls = [] } = (truth ?? {}) as { calls?: readonly { legs: readonly { call_id: string }[] }[] };
  const told = calls.flatMap(({ legs }) => legs.map(({ call_id }) => call_id));
  for (const id of told) expect(seen.has(id) || id.startsWith('THCID_'), `${id} is in no packet`).toBe(true);
  return [...new Set([...found(INVITE), ...told.filter((id) => seen.has(id))])];
}

/** The HEP of a recording, as fast as the product takes it, until it is stored. */
async function play(recording: Recording, calltrail: TestCalltrail): Promise<void> {
  const read = (): Promise<number> => calltrail.counted(TAKEN, 'hep-udp');
  const all = (): Promise<number> => calltrail.counted(TAKEN);
  const before = await all();
  const player = await createPlayer({ ...recording, esl: [], ami: [] });
  try {
    const { hepUdp: hep, hepTcp } = calltrail;
    await player.play({ hep, hepTcp, speed: Number.POSITIVE_INFINITY, flow: { received: read, window: WINDOW } });
  } finally {
    await player.close();
  }
  await expect.poll(async () => (await all()) - before, { timeout: 15_000 }).toBe(recording.hep.length);
  await calltrail.settled();
}

/** Each call once, asked for by the first of its Call-IDs. */
async function exportAll(calltrail: TestCalltrail, callIds: readonly string[]): Promise<Exported[]> {
  const queue = [...callIds];
  const exported = new Map<string, Exported>();
  const worker = async (): Promise<void> => {
    for (let callId = queue.shift(); callId !== undefined; callId = queue.shift()) {
      const call = await calltrail.call(callId);
      expect(call.callIds).toContain(callId);
      if (exported.has(call.id)) continue;
      const [ladder, response] = await Promise.all([
        calltrail.ladder(callId),
        calltrail.get(`/api/calls/${encodeURIComponent(callId)}/export.pcap`),
      ]);
      expect(response.status).toBe(200);
      exported.set(call.id, { call, ladder, capture: Buffer.from(await response.arrayBuffer()) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return [...exported.values()];
}

interface Dissected {
  readonly messages: number;
  /** Those that tshark names; it names none in a message that is cut short. */
  readonly callIds: ReadonlySet<string>;
  /** The protocols of frames that it complains of. */
  readonly malformed: readonly string[];
}

/**
 * What tshark sees in each capture. It takes longer to start than to read, so it is given many as one. Captures with TCP
 * stay alone: their sequence numbers begin anew, which in one file would be retransmissions.
 */
function dissect(captures: readonly Buffer[]): Dissected[] {
  const FIELDS = ['frame.protocols', 'sip.Call-ID', '_ws.malformed'] as const;
  const protocols = captures.map(ipProtocols);
  const together = captures.filter((_, i) => !protocols[i]?.includes(TCP));
  const header = captures[0]?.subarray(0, FILE_HEADER) ?? Buffer.alloc(0);
  const rest = tsharkFields(Buffer.concat([header, ...together.map((one) => one.subarray(FILE_HEADER))]), FIELDS);
  return captures.map((capture, i) => {
    const frames = together.includes(capture) ? rest.splice(0, protocols[i]?.length) : tsharkFields(capture, FIELDS);
    expect(frames).toHaveLength(protocols[i]?.length ?? 0);
    const sip = frames.filter((frame) => frame['frame.protocols'].split(':').includes('sip'));
    return {
      messages: sip.length,
      callIds: new Set(sip.map((frame) => frame['sip.Call-ID']).filter(Boolean)),
      malformed: frames.filter((frame) => frame['_ws.malformed'] !== '').map((frame) => frame['frame.protocols']),
    };
  });
}

/** The IP protocol of each packet of a classic pcap file of raw IP. */
function ipProtocols(capture: Buffer): number[] {
  const protocols: number[] = [];
  for (let at = FILE_HEADER; at < capture.length; ) {
    const packet = at + RECORD_HEADER;
    const isIpv6 = capture.readUInt8(packet) >> 4 === 6;
    protocols.push(capture.readUInt8(packet + (isIpv6 ? 6 : 9)));
    at = packet + capture.readUInt32LE(at + 8);
  }
  return protocols;
}
