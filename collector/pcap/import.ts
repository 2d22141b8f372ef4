import type { Bus } from '../../core/bus/bus.ts';
import { type PacketSeen, PROTOCOL } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';
import { type CapturedSip, createSipExtractor, type SkipReason } from '../../core/pcap/extract.ts';
import type { Frame } from '../../core/pcap/frame.ts';
import { type CaptureReader, createCaptureReader } from '../../core/pcap/read.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { scrubBytes } from '../scrub/scrub.ts';
import { countScrubbed } from '../scrub/tally.ts';
import { openSource, type SourceBytes } from './source-bytes.ts';

/** Events handed to the bus at a time. */
const BATCH = 500;

export interface ImportDeps {
  readonly bus: Bus;
  readonly metrics: Metrics;
  /** Under which name the messages are stored; default "pcap". */
  readonly sensor?: string;
  /** Bytes of the file read so far, and in all (0 when the input is a stream). */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ImportResult {
  /** Frames in the file. */
  readonly packets: number;
  /** SIP messages handed to the bus. */
  readonly sip: number;
  /** Frames that were nothing for us, by reason; see {@link SkipReason}. */
  readonly skipped: Readonly<Record<SkipReason, number>>;
  /** "truncated" and "damaged": what came before the spot was imported. */
  readonly ended: 'whole' | 'truncated' | 'damaged';
}

/**
 * Imports the SIP of a capture file (pcap or pcapng, also gzip'ed), given as a path or as its bytes. Resolves when the
 * bus has taken everything. Rejects with a sentence for a person when the input is no capture file or cannot be read.
 * A message's time and id come from the file alone, so importing it again changes nothing.
 */
export async function importCapture(
  input: string | AsyncIterable<Uint8Array>,
  deps: ImportDeps,
): Promise<ImportResult> {
  const source = await openSource(input);
  const reader = createCaptureReader();
  const extractor = createSipExtractor();
  const sensor = deps.sensor ?? 'pcap';
  let packets = 0;
  let sip = 0;
  let batch: PacketSeen[] = [];

  const publish = async (): Promise<void> => {
    const events = batch;
    batch = [];
    if (events.length === 0) return;
    await deps.bus.publish(events);
    deps.metrics.received('pcap', 'sip', events.length);
    countScrubbed(deps.metrics);
    sip += events.length;
  };

  let gzipDamaged = false;
  for await (const frames of framesOf(source, reader)) {
    if (frames === 'damaged') {
      gzipDamaged = true;
      break;
    }
    packets += frames.length;
    for (const frame of frames) {
      for (const message of extractor.push(frame)) batch.push(toPacketSeen(message, sensor));
      if (batch.length >= BATCH) await publish();
    }
    deps.onProgress?.(source.done(), source.total);
  }
  for (const message of extractor.end()) batch.push(toPacketSeen(message, sensor));
  await publish();
  const end = reader.end();
  if (end === 'empty' || end === 'not_a_capture') {
    deps.metrics.rejected('pcap', 'not_a_capture', sensor);
    throw new Error(source.done() === 0 ? emptyFile(source.name) : notACapture(source.name));
  }
  const ended = gzipDamaged ? 'damaged' : end;
  deps.onProgress?.(source.done(), source.total);
  for (const [reason, count] of extractor.skipped()) deps.metrics.rejected('pcap', reason, sensor, count);
  if (ended !== 'whole') deps.metrics.rejected('pcap', ended, sensor);
  return { packets, sip, skipped: Object.fromEntries(extractor.skipped()), ended };
}

const emptyFile = (name: string): string => `${name} is empty; expected a pcap or pcapng file.`;

const notACapture = (name: string): string =>
  `${name} is no capture file: expected pcap or pcapng (as tcpdump, dumpcap or Wireshark write it), plain or gzip'ed.`;

/** The frames of each chunk; "damaged" at the end when the gzip around the capture is. Stops at the first damage. */
async function* framesOf(source: SourceBytes, reader: CaptureReader): AsyncGenerator<readonly Frame[] | 'damaged'> {
  try {
    for await (const chunk of source.chunks) {
      yield reader.push(chunk);
      if (reader.failed()) return;
    }
  } catch (error) {
    if (!isGzipDamage(error)) throw error;
    yield 'damaged';
  }
}

const isGzipDamage = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');

function toPacketSeen(message: CapturedSip, sensor: string): PacketSeen {
  const { atUs, transport, srcIp, srcPort, dstIp, dstPort } = message;
  // A copy: the file's bytes are read on, a TCP stream's by the message behind it.
  const payload = Buffer.from(message.payload);
  scrubBytes(payload, 0, payload.length, true);
  return {
    kind: 'packet',
    id: stableId('pcap', sensor, atUs, transport, srcIp, srcPort, dstIp, dstPort, payload),
    atUs,
    // The moment of the import says nothing about the packet, and would make a second import differ.
    arrivedUs: atUs,
    sensor,
    protocol: PROTOCOL.sip,
    transport,
    srcIp,
    srcPort,
    dstIp,
    dstPort,
    correlationId: '',
    payload,
  };
}
