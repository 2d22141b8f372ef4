import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createPacketReader } from '../../../collector/ami/frame.ts';
import { AMI_RESPONSE, splitAmiRecording } from '../../replay/ami-recording.ts';
import type { RecordedFrame } from '../../replay/esl-recording.ts';

const RECORDINGS = `${import.meta.dirname}/../../recordings`;

/** The recorded streams, with the number of events that were counted when they were made. */
export const STREAMS = [
  ['30-asterisk-basic', 'ast1', 1216],
  ['31-asterisk-channel-uuid', 'ast1', 585],
  ['32-asterisk-callback', 'ast1', 1097],
  ['33-asterisk-transfer-queue', 'ast1', 2110],
  ['35-opensips-lb', 'ast1', 370],
  ['35-opensips-lb', 'ast2', 364],
  ['36-opensips-topology-hiding', 'ast1', 289],
  ['38-kamailio-hlog', 'ast1', 398],
] as const;

/** The recorded stream as it came, replies included. */
export function rawStream(name: string, node = 'ast1'): Buffer {
  return gunzipSync(readFileSync(`${RECORDINGS}/${name}/ami-${node}.raw.gz`));
}

/** Its events. */
export function recording(name: string, node = 'ast1'): readonly RecordedFrame[] {
  return splitAmiRecording(rawStream(name, node)).filter(({ type }) => type !== AMI_RESPONSE);
}

/** What a packet looks like after the reader. */
export function packetOf(text: string | Buffer): Extract<ReturnType<typeof itemsOf>[number], { kind: 'packet' }> {
  const [item] = itemsOf(Buffer.concat([Buffer.from(text), Buffer.from('\r\n\r\n')]));
  if (item?.kind !== 'packet') throw new Error('no packet');
  return item;
}

const itemsOf = (bytes: Buffer) => createPacketReader().push(bytes);

/** A packet to feed. */
export function frameOf(...lines: readonly string[]): RecordedFrame {
  const type = lines.find((line) => line.startsWith('Event: '))?.slice(7) ?? '';
  return { atMs: 0, type, bytes: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`) };
}
