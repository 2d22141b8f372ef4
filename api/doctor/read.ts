import { readCallLine } from '../../core/call/call-line.ts';
import { shownAddress } from '../../core/call/read/address.ts';
import { type Cells, numberOf, textOf } from '../../core/call/read/cells.ts';
import { readEvents } from '../../core/call/read/facts.ts';
import { readLines } from '../../core/call/read/listed-rows.ts';
import type { Sample, SampledLine, SampledPacket } from '../../core/doctor/sample.ts';
import { nodeLetter, nodeText } from '../../core/model/edge.ts';
import { readSip } from '../../core/sip/read.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { readNewest } from '../call/newest.ts';

/** Calls that are looked at: settings do not change from call to call. */
export const CALLS = 300;
/** Rows of a kind that are looked at; a call of a thousand legs is not to hide the others. */
const MAX_ROWS = 20_000;
/** Identifiers that are asked for at once. */
const PIECE = 100;

/** What was stored of the newest calls, and what each of them is called. */
export async function readSample(
  store: Store,
  options: SelectOptions,
): Promise<{ readonly sample: Sample; readonly calls: number }> {
  const newest = await readNewest(store, { text: '', limit: CALLS }, options);
  const lines = await readLines(store, [...new Set(newest.map(({ node }) => nodeText(node)))], options);
  const callIds = new Set<string>();
  const channels = new Set<string>();
  for (const { node } of newest) {
    const line = lines.get(nodeText(node)) ?? '';
    if (line === '') {
      // Heard a moment ago: the linker has not come to it.
      (nodeLetter(node) === 'u' ? channels : callIds).add(nodeText(node));
      continue;
    }
    const call = readCallLine(nodeText(node), line);
    for (const callId of call.callIds) callIds.add(callId);
    for (const channel of call.channelUuids) channels.add(channel);
  }
  const [packets, events, logLines] = await Promise.all([
    inPieces(callIds, (piece) => readPackets(store, piece, options)),
    inPieces(channels, (piece) => readEvents(store, piece, { outline: false }, options)),
    readLogLines(store, [...channels], [...callIds], options),
  ]);
  return { sample: { packets, events, lines: logLines }, calls: newest.length };
}

async function inPieces<T>(keys: ReadonlySet<string>, read: (piece: readonly string[]) => Promise<T[]>): Promise<T[]> {
  const all = [...keys];
  const found: T[] = [];
  for (let from = 0; from < all.length && found.length < MAX_ROWS; from += PIECE) {
    for (const row of await read(all.slice(from, from + PIECE))) found.push(row);
  }
  return found;
}

async function readPackets(store: Store, callIds: readonly string[], options: SelectOptions): Promise<SampledPacket[]> {
  const rows = await store.select<Cells>(
    `SELECT sensor, protocol, toUnixTimestamp64Micro(at) AS at_us, toUnixTimestamp64Micro(arrived) AS arrived_us,
            toString(src_ip) AS src, toString(dst_ip) AS dst, call_id, correlation_id, base64Encode(payload) AS bytes
     FROM messages WHERE call_id IN {callIds:Array(String)} ORDER BY call_id, at, id LIMIT 1 BY call_id, at, id
     LIMIT {limit:UInt32}`,
    { callIds, limit: MAX_ROWS },
    options,
  );
  return rows.map((row) => {
    const payload = Buffer.from(textOf(row, 'bytes'), 'base64');
    return {
      sensor: textOf(row, 'sensor'),
      protocol: numberOf(row, 'protocol'),
      atUs: numberOf(row, 'at_us'),
      arrivedUs: numberOf(row, 'arrived_us'),
      srcIp: shownAddress(textOf(row, 'src')),
      dstIp: shownAddress(textOf(row, 'dst')),
      callId: textOf(row, 'call_id'),
      correlationId: textOf(row, 'correlation_id'),
      payload,
      sip: readSip(payload),
    };
  });
}

/** Their levels alone: texts are of no concern here. */
async function readLogLines(
  store: Store,
  channels: readonly string[],
  callIds: readonly string[],
  options: SelectOptions,
): Promise<SampledLine[]> {
  const rows = await store.select<Cells>(
    `SELECT node, channel, level FROM logs
     WHERE channel IN {channels:Array(String)} OR (channel = '' AND call_id IN {callIds:Array(String)})
     LIMIT {limit:UInt32}`,
    { channels, callIds, limit: MAX_ROWS },
    options,
  );
  return rows.map((row) => ({
    node: textOf(row, 'node'),
    channel: textOf(row, 'channel'),
    level: numberOf(row, 'level'),
  }));
}
