import type { Micros, Transport } from '../../core/model/capture-event.ts';
import { ipBytes } from './address.ts';
import { HEP3_HEADER } from './decode-v3.ts';

const MAX_PACKET = 0xffff;
const IP_PROTOCOL: Readonly<Record<Transport, number>> = {
  udp: 17,
  tcp: 6,
  tls: 22,
  sctp: 132,
  ws: 6,
  wss: 22,
  other: 0,
};

export interface HepToSend {
  readonly transport: Transport;
  /** Both of one family, or "" for unsaid. */
  readonly srcIp: string;
  readonly srcPort: number;
  readonly dstIp: string;
  readonly dstPort: number;
  readonly sentUs: Micros;
  /** HEP protocol type, see PROTOCOL in the model. */
  readonly protocol: number;
  readonly captureId: number;
  readonly payload: Uint8Array;
  readonly authKey?: string;
  readonly correlationId?: string;
  readonly nodeName?: string;
}

/**
 * One HEPv3 packet, its chunks in Kamailio's order. For replay and tests. Throws a RangeError when it would not fit
 * the 65 535 bytes of a packet, or an address is none.
 */
export function encodeHep(packet: HepToSend): Buffer {
  const src = ipBytes(packet.srcIp);
  const dst = ipBytes(packet.dstIp);
  const v6 = src.length === 16 || dst.length === 16;
  const chunks = [hepChunk(0x01, number(v6 ? 10 : 2, 1)), hepChunk(0x02, number(IP_PROTOCOL[packet.transport], 1))];
  if (src.length > 0) chunks.push(hepChunk(src.length === 16 ? 0x05 : 0x03, src));
  if (dst.length > 0) chunks.push(hepChunk(dst.length === 16 ? 0x06 : 0x04, dst));
  chunks.push(
    hepChunk(0x07, number(packet.srcPort, 2)),
    hepChunk(0x08, number(packet.dstPort, 2)),
    hepChunk(0x09, number(Math.floor(packet.sentUs / 1_000_000), 4)),
    hepChunk(0x0a, number(packet.sentUs % 1_000_000, 4)),
    hepChunk(0x0b, number(packet.protocol, 1)),
    hepChunk(0x0c, number(packet.captureId, 4)),
  );
  if (packet.authKey !== undefined) chunks.push(hepChunk(0x0e, Buffer.from(packet.authKey)));
  if (packet.correlationId !== undefined) chunks.push(hepChunk(0x11, Buffer.from(packet.correlationId)));
  if (packet.nodeName !== undefined) chunks.push(hepChunk(0x13, Buffer.from(packet.nodeName)));
  chunks.push(hepChunk(0x0f, packet.payload));
  return hepPacket(chunks);
}

/** Chunks under a HEP3 header with their total length. */
export function hepPacket(chunks: readonly Buffer[]): Buffer {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, HEP3_HEADER);
  if (total > MAX_PACKET) throw new RangeError(`a HEP packet holds ${MAX_PACKET} bytes, not ${total}`);
  const header = Buffer.from('HEP3\0\0', 'latin1');
  header.writeUInt16BE(total, 4);
  return Buffer.concat([header, ...chunks], total);
}

/** One chunk: vendor, type, length with its own six bytes, data. */
export function hepChunk(type: number, data: Uint8Array, vendor = 0): Buffer {
  const length = 6 + data.length;
  if (length > MAX_PACKET) throw new RangeError(`a HEP chunk holds ${MAX_PACKET} bytes, not ${length}`);
  const header = Buffer.alloc(6);
  header.writeUInt16BE(vendor, 0);
  header.writeUInt16BE(type, 2);
  header.writeUInt16BE(length, 4);
  return Buffer.concat([header, data], length);
}

function number(value: number, width: 1 | 2 | 4): Buffer {
  const bytes = Buffer.alloc(width);
  bytes.writeUIntBE(value, 0, width);
  return bytes;
}
