import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeHep } from '../../collector/hep/encode.ts';

/** A TCP connection over which numbered messages go, one after the other, until it breaks. */
export interface NumberedSender {
  readonly name: string;
  /** Messages that were given to the system. */
  sent(): number;
  /** Sends on until it is stopped, or the other side is gone. */
  run(perSecond: number): void;
  stop(): Promise<void>;
}

const callIdOf = (name: string, number: number): string => `${name}-${number}@faults.example`;

/** The sender's name and the number that a Call-ID was made from. */
export function readCallId(callId: string): { readonly name: string; readonly number: number } | undefined {
  const [, name, number] = /^(.+)-(\d+)@faults\.example$/.exec(callId) ?? [];
  return name === undefined ? undefined : { name, number: Number(number) };
}

/** Every so many messages one begins a call, for the linker. */
export const CALL_EVERY = 20;

/** The message of that number; the same bytes each time but for the moment. */
export function packetOf(name: string, number: number, sentUs = Date.now() * 1000): Buffer {
  const callId = callIdOf(name, number);
  const method = number % CALL_EVERY === 0 ? 'INVITE' : 'OPTIONS';
  const text =
    `${method} sip:probe@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK${name}${number}\r\n` +
    `From: <sip:probe@192.0.2.1>;tag=${number}\r\nTo: <sip:probe@192.0.2.2>\r\nCall-ID: ${callId}\r\n` +
    `CSeq: 1 ${method}\r\nContent-Length: 0\r\n\r\n`;
  return encodeHep({
    srcIp: '192.0.2.1',
    srcPort: 5060,
    dstIp: '192.0.2.2',
    dstPort: 5060,
    transport: 'tcp',
    protocol: 1,
    sentUs,
    captureId: 7,
    payload: Buffer.from(text),
  });
}

const TICK_MS = 5;

export async function connectSender(port: number, name: string): Promise<NumberedSender> {
  const socket: Socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let broken = false;
  // That the other side goes away is what this is for.
  socket.on('error', () => {
    broken = true;
  });
  socket.on('close', () => {
    broken = true;
  });
  let sent = 0;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  const loop = async (perSecond: number): Promise<void> => {
    const began = performance.now();
    const before = sent;
    while (!stopped && !broken) {
      const due = before + Math.floor(((performance.now() - began) / 1000) * perSecond);
      const some: Buffer[] = [];
      while (sent < due && some.length < 200) some.push(packetOf(name, sent++));
      if (some.length > 0 && !socket.write(Buffer.concat(some))) {
        await Promise.race([once(socket, 'drain').catch(() => {}), sleep(200)]);
      }
      await sleep(TICK_MS);
    }
  };

  return {
    name,
    sent: () => sent,
    run(perSecond) {
      running = loop(perSecond);
    },
    async stop() {
      stopped = true;
      await running;
      if (broken) return;
      socket.end();
      await once(socket, 'close');
    },
  };
}

/** How many calls begin with the first so many messages. */
export const callsBegun = (messages: number): number => Math.ceil(messages / CALL_EVERY);
