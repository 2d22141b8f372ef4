import { once } from 'node:events';
import { connect } from 'node:net';
import type { LoadOptions } from '../bench/load/dialog.ts';
import { type LoadSums, packetsOf } from '../bench/load/packets.ts';

/** The sending side of a soak, in a process of its own: makes packets as it sends them, as there are too many to keep. */

export interface SoakOrder extends LoadOptions {
  readonly port: number;
  /** Packets a second. */
  readonly rate: number;
  readonly seconds: number;
}

/** Packets that the system has taken so far; once more when all are sent. */
export interface SoakSent {
  readonly packets: number;
  readonly over: boolean;
}

const TICK_MS = 5;

async function send({ port, rate, seconds, ...load }: SoakOrder): Promise<number> {
  const sums: LoadSums = { packets: 0, bytes: 0, dialogs: 0 };
  const packets = packetsOf(load, sums);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const began = performance.now();
  let [sent, toldMs] = [0, began];
  for (;;) {
    const nowMs = performance.now();
    if (nowMs - began >= seconds * 1000) break;
    const due = Math.floor(((nowMs - began) / 1000) * rate);
    const some: Buffer[] = [];
    // What a slow receiver held up is not made up for all at once.
    while (sent + some.length < due && some.length < 2000) {
      const next = packets.next();
      if (next.done === true) throw new Error('there are not enough calls for so long');
      some.push(next.value);
    }
    sent += some.length;
    if (some.length > 0 && !socket.write(Buffer.concat(some))) await once(socket, 'drain');
    if (nowMs - toldMs > 1000) {
      toldMs = nowMs;
      process.send?.({ packets: sent, over: false } satisfies SoakSent);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  socket.end();
  await once(socket, 'close');
  return sent;
}

process.on('message', async (order: SoakOrder) => {
  process.send?.({ packets: await send(order), over: true } satisfies SoakSent);
});
process.on('disconnect', () => process.exit(0));
