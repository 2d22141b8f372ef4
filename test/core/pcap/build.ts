import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { CaptureEnd, Frame } from '../../../core/pcap/frame.ts';
import { endsOf, udpPacket } from '../../../core/pcap/ip-write.ts';
import { createCaptureReader } from '../../../core/pcap/read.ts';

/** Writers of small captures, apart from core/pcap/write.ts so that a reader's mistake cannot hide behind a writer's. */

export const recordedCapture = (name: string): Buffer =>
  gunzipSync(readFileSync(`${import.meta.dirname}/fixtures/${name}.pcap.gz`));

export const optionsRequest = (callId: string, body = ''): Buffer =>
  Buffer.from(
    `OPTIONS sip:b@example.net SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@example.net>;tag=1\r\n` +
      `To: <sip:b@example.net>\r\nCall-ID: ${callId}\r\nCSeq: 1 OPTIONS\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );

export const udpOverIp = (payload: Buffer, src = '192.0.2.1', dst = '198.51.100.7'): Buffer =>
  udpPacket(endsOf(src, dst), { srcPort: 5060, dstPort: 5080 }, payload);

export interface TcpPart {
  readonly sequence: number;
  readonly payload?: Buffer | string;
  readonly syn?: boolean;
  readonly srcPort?: number;
}

export function tcpSegment({ sequence, payload = '', syn = false, srcPort = 5060 }: TcpPart): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(srcPort, 0);
  header.writeUInt16BE(5080, 2);
  header.writeUInt32BE(sequence >>> 0, 4);
  header.writeUInt16BE(syn ? 0x5002 : 0x5010, 12);
  return Buffer.concat([header, Buffer.from(payload)]);
}

export interface PcapOptions {
  readonly little: boolean;
  readonly nanoseconds: boolean;
  readonly linkType?: number;
}

type Bytes = { u16(value: number): Buffer; u32(value: number): Buffer };

const inOrder = (little: boolean): Bytes => ({
  u16: (value) => {
    const bytes = Buffer.alloc(2);
    if (little) bytes.writeUInt16LE(value);
    else bytes.writeUInt16BE(value);
    return bytes;
  },
  u32: (value) => {
    const bytes = Buffer.alloc(4);
    if (little) bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return bytes;
  },
});

export interface PlainFrame {
  readonly atUs: number;
  readonly data: Buffer;
}

export function classicPcap(frames: readonly PlainFrame[], options: PcapOptions): Buffer {
  const { u16, u32 } = inOrder(options.little);
  const magic = u32(options.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
  const parts = [magic, u16(2), u16(4), u32(0), u32(0), u32(65_535), u32(options.linkType ?? 101)];
  for (const { atUs, data } of frames) {
    const fraction = (atUs % 1_000_000) * (options.nanoseconds ? 1000 : 1) + (options.nanoseconds ? 999 : 0);
    parts.push(u32(Math.floor(atUs / 1_000_000)), u32(fraction), u32(data.length), u32(data.length), data);
  }
  return Buffer.concat(parts);
}

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

/** Blocks of a pcapng file in one byte order; put together with Buffer.concat. */
export function pcapng(little: boolean) {
  const { u16, u32 } = inOrder(little);
  const block = (type: number, ...parts: Buffer[]): Buffer => {
    const body = padded(Buffer.concat(parts));
    return Buffer.concat([u32(type), u32(body.length + 12), body, u32(body.length + 12)]);
  };
  const option = (code: number, value: Buffer): Buffer => Buffer.concat([u16(code), u16(value.length), padded(value)]);
  const time = (units: bigint): Buffer => Buffer.concat([u32(Number(units >> 32n)), u32(Number(units & 0xffffffffn))]);
  return {
    block,
    option,
    section: (): Buffer => block(0x0a0d0d0a, u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff)),
    interface: (linkType: number, snapLength = 0, options: Buffer = Buffer.alloc(0)): Buffer =>
      block(1, u16(linkType), u16(0), u32(snapLength), options),
    enhanced: (index: number, units: bigint, data: Buffer, wireLength = data.length): Buffer =>
      block(
        6,
        u32(index),
        time(units),
        u32(data.length),
        u32(wireLength),
        padded(data),
        option(1, Buffer.from('note')),
      ),
    obsolete: (index: number, units: bigint, data: Buffer): Buffer =>
      block(2, u16(index), u16(7), time(units), u32(data.length), u32(data.length), data),
    simple: (data: Buffer, wireLength = data.length): Buffer => block(3, u32(wireLength), data),
  };
}

/** Reads a capture in chunks of one size and copies what comes out. */
export function readAll(capture: Buffer, chunkBytes = capture.length): { frames: Frame[]; end: CaptureEnd } {
  const reader = createCaptureReader();
  const frames: Frame[] = [];
  for (let at = 0; at < capture.length; at += Math.max(1, chunkBytes)) {
    frames.push(...reader.push(Buffer.from(capture.subarray(at, at + chunkBytes))));
  }
  return { frames, end: reader.end() };
}
