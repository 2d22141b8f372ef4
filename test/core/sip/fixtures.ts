import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { SipMessage } from '../../../core/sip/read.ts';

const fixtures = new URL('./fixtures/', import.meta.url);
const vectors = new URL('../../vectors/', import.meta.url);

interface Recorded {
  readonly recording: string;
  readonly line: number;
  readonly bytes: Buffer;
}

export interface TcpPayload extends Recorded {
  readonly port: number;
  readonly fromPeer: boolean;
}

function lines<T>(name: string): (T & Recorded)[] {
  const text = gunzipSync(readFileSync(new URL(name, fixtures))).toString();
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const { hex, ...rest } = JSON.parse(line) as T & { hex: string };
      return { ...(rest as unknown as T & Recorded), bytes: Buffer.from(hex, 'hex') };
    });
}

/** Whole messages of many senders. */
export const recordedMessages = (): Recorded[] => lines('messages.jsonl.gz');

/** What FreeSWITCH captured of TCP connections. */
export const tcpPayloads = (): TcpPayload[] => lines<TcpPayload>('tcp-payloads.jsonl.gz');

export function rfc4475(kind: 'valid' | 'invalid', name: string): Buffer {
  return readFileSync(new URL(`rfc4475/${kind}/${name}.dat`, vectors));
}

export function rfc4475Names(kind: 'valid' | 'invalid'): string[] {
  return readdirSync(new URL(`rfc4475/${kind}/`, vectors))
    .map((file) => file.replace('.dat', ''))
    .sort();
}

/** The crashers, by file name: each file holds a Go string literal, and all of these are JSON strings as well. */
export function crashers(): Map<string, Buffer> {
  const folder = new URL('sip-crashers/', vectors);
  return new Map(
    readdirSync(folder).map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      const literal = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
      return [file, Buffer.from(JSON.parse(literal) as string, 'latin1')];
    }),
  );
}

/** A message from its lines: CRLF between them, the empty line added. */
export const sip = (...head: string[]): Buffer => Buffer.from(`${head.join('\r\n')}\r\n\r\n`);

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A message with all of its values as properties of its own, to be compared. */
export function plainOf(message: SipMessage): SipMessage {
  const prototype: object = Object.getPrototypeOf(message);
  const names = Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { get }]) =>
    get === undefined ? [] : [name as keyof SipMessage],
  );
  return {
    ...message,
    ...Object.fromEntries(names.map((name) => [name, message[name]])),
    header: (name) => message.header(name),
  };
}
