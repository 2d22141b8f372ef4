import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { LoadOptions } from './dialog.ts';
import { type LoadSums, packetsOf } from './packets.ts';

/** The sending side of a load, in a process of its own, so that what it costs is told apart from what is measured. */

export interface SendOrder extends LoadOptions {
  readonly transport: 'udp' | 'tcp';
  readonly port: number;
  /** Packets a second; 0 for as fast as they are taken. */
  readonly rate: number;
}

export type FromSender =
  | ({ readonly type: 'made' } & LoadSums)
  /** A packet was just sent, of this dialog. */
  | { readonly type: 'sample'; readonly callId: string; readonly sentMs: number }
  | { readonly type: 'sent'; readonly seconds: number; readonly cpuSeconds: number };

const SLOT_MS = 1;
const SAMPLE_MS = 7000;
/** TCP is written in pieces, so that a slow receiver is noticed. */
const PIECE = 64 * 1024;

const tell = (message: FromSender): void => void process.send?.(message);

/** All packets of a load, made before the clock starts: making them costs more than sending them. */
interface Made {
  readonly packets: Buffer[];
  readonly sums: LoadSums;
}

function make(order: SendOrder): Made {
  const sums: LoadSums = { packets: 0, bytes: 0, dialogs: 0 };
  return { packets: [...packetsOf(order, sums)], sums };
}

const callIdOf = (packet: Buffer): string =>
  /\r\nCall-ID: (\S+)\r\n/.exec(packet.toString('latin1', 0, 1000))?.[1] ?? '';

/** Hands packets to `send` so many at a time that the rate is kept; a slot that is late is made up for. */
async function pace(packets: readonly Buffer[], rate: number, send: (some: readonly Buffer[]) => Promise<void>) {
  const began = performance.now();
  let sampledMs = 0;
  for (let sent = 0; sent < packets.length; ) {
    const passed = performance.now() - began;
    const due = rate === 0 ? sent + 500 : Math.min(packets.length, Math.floor((passed / 1000) * rate) + 1);
    const some = packets.slice(sent, Math.max(sent, due));
    sent += some.length;
    if (some.length > 0) await send(some);
    const last = some.at(-1);
    if (last !== undefined && passed - sampledMs > SAMPLE_MS) {
      sampledMs = passed;
      tell({ type: 'sample', callId: callIdOf(last), sentMs: Date.now() });
    }
    if (rate > 0) await new Promise((resolve) => setTimeout(resolve, SLOT_MS));
  }
  return (performance.now() - began) / 1000;
}

async function sendTcp({ packets }: Made, { port, rate }: SendOrder): Promise<number> {
  const socket: Socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const seconds = await pace(packets, rate, async (some) => {
    const bytes = Buffer.concat(some);
    for (let at = 0; at < bytes.length; at += PIECE) {
      if (!socket.write(bytes.subarray(at, at + PIECE))) await once(socket, 'drain');
    }
  });
  socket.end();
  await once(socket, 'close');
  return seconds;
}

async function sendUdp({ packets }: Made, { port, rate }: SendOrder): Promise<number> {
  const socket: UdpSocket = createSocket({ type: 'udp4', sendBufferSize: 4 * 1024 * 1024 });
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const seconds = await pace(packets, rate, async (some) => {
    const last = some.at(-1);
    for (const packet of some) if (packet !== last) socket.send(packet);
    // The last one tells when the kernel has taken all.
    await new Promise((resolve) => socket.send(last ?? Buffer.alloc(0), resolve));
  });
  socket.close();
  return seconds;
}

process.on('message', async (order: SendOrder) => {
  const made = make(order);
  tell({ type: 'made', ...made.sums });
  await once(process, 'message');
  const from = process.cpuUsage();
  const seconds = await (order.transport === 'tcp' ? sendTcp(made, order) : sendUdp(made, order));
  const { user, system } = process.cpuUsage(from);
  tell({ type: 'sent', seconds, cpuSeconds: (user + system) / 1e6 });
});
process.on('disconnect', () => process.exit(0));
