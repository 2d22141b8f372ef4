import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import koffi from 'koffi';
import type { FromSender, SendOrder } from './load/sender.ts';

/**
 * What it costs to receive datagrams, by the way they are received, with nothing done with them but a copy into a frame of
 * 256 KB. Each way runs in threads of a process of its own; the sender is that of the pipeline.
 *
 *   node test/bench/udp-receivers.ts [--rates 10000,20000,40000] [--calls 20000]
 */

type Way = 'dgram' | 'dgram, two sockets with reusePort' | 'recvmmsg by koffi' | 'recvmmsg, 1 ms pause';
const WAYS: readonly Way[] = [
  'dgram',
  'dgram, two sockets with reusePort',
  'recvmmsg by koffi',
  'recvmmsg, 1 ms pause',
];
const BUFFER = 8 * 1024 * 1024;
const FRAME = 256 * 1024;
const kept: Buffer[] = [];

interface Told {
  readonly packets: number;
  readonly cpuSeconds: number;
}

if (!isMainThread) receive(workerData as { way: Way; port: number; counts: SharedArrayBuffer; index: number });
else if (process.argv[2] === '--receive') await receiver(process.argv[3] as Way, Number(process.argv[4]));
else await compare();

async function compare(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rates: { type: 'string', default: '10000,20000,40000' },
      calls: { type: 'string', default: '20000' },
    },
  });
  for (const rate of values.rates.split(',').map(Number)) {
    for (const way of WAYS) {
      const port = 20_000 + Math.floor(Math.random() * 20_000);
      const own = fileURLToPath(import.meta.url);
      const process_ = fork(own, ['--receive', way, String(port)]);
      await once(process_, 'message');
      const sender = fork(fileURLToPath(new URL('./load/sender.ts', import.meta.url)));
      const order: SendOrder = {
        ...{ transport: 'udp', port, rate, calls: Number(values.calls) },
        ...{ seed: 1, startSec: Math.floor(Date.now() / 1000), spanSec: 60 },
      };
      sender.send(order);
      const [made] = (await once(sender, 'message')) as [Extract<FromSender, { type: 'made' }>];
      process_.send('go');
      sender.send('go');
      const seconds = await new Promise<number>((resolve) => {
        sender.on('message', (message: FromSender) => message.type === 'sent' && resolve(message.seconds));
      });
      sender.disconnect();
      process_.send('end');
      const [{ packets, cpuSeconds }] = (await once(process_, 'message')) as [Told];
      // A thread that waits in the kernel cannot be ended otherwise.
      process_.kill('SIGKILL');
      const lost = made.packets - packets;
      process.stdout.write(
        `udp: ${way.padEnd(34)} ${String(Math.round(made.packets / seconds)).padStart(6)} a second, ` +
          `${((cpuSeconds / made.packets) * 1e6).toFixed(2)} CPU s per million, ${lost} lost (${((lost / made.packets) * 100).toFixed(2)} %)\n`,
      );
    }
  }
}

/** The receiving process: starts its threads, and tells what they got and what it cost. */
async function receiver(way: Way, port: number): Promise<void> {
  const threads = way === 'dgram, two sockets with reusePort' ? 2 : 1;
  const counts = new SharedArrayBuffer(4 * threads);
  const workers = Array.from(
    { length: threads },
    (_, index) => new Worker(new URL(import.meta.url), { workerData: { way, port, counts, index } }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  process.send?.('ready');
  await once(process, 'message');
  const from = process.cpuUsage();
  await once(process, 'message');
  // What the kernel still holds.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { user, system } = process.cpuUsage(from);
  const packets = new Int32Array(counts).reduce((sum, count) => sum + count, 0);
  process.send?.({ packets, cpuSeconds: (user + system) / 1e6 } satisfies Told);
}

function receive({ way, port, counts, index }: { way: Way; port: number; counts: SharedArrayBuffer; index: number }) {
  const count = new Int32Array(counts);
  let frame = Buffer.allocUnsafeSlow(FRAME);
  let used = 0;
  const take = (bytes: Buffer, start: number, end: number): void => {
    if (used + end - start > FRAME) {
      frame = Buffer.allocUnsafeSlow(FRAME);
      used = 0;
    }
    used += bytes.copy(frame, used, start, end);
    count[index]!++;
  };
  if (way.startsWith('dgram')) {
    const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER, reusePort: way !== 'dgram' });
    socket.on('message', (bytes) => take(bytes, 0, bytes.length));
    socket.bind(port, '127.0.0.1', () => parentPort?.postMessage('ready'));
    return;
  }
  receiveMany(port, way === 'recvmmsg, 1 ms pause', take);
}

/** recvmmsg(2), up to 256 datagrams a call. It waits in the kernel: the thread does nothing else. */
function receiveMany(port: number, pause: boolean, take: (bytes: Buffer, start: number, end: number) => void): void {
  const [SOL_SOCKET, SO_RCVBUF, MSG_WAITFORONE, MANY, SIZE] = [1, 8, 0x10000, 256, 65_536];
  const libc = koffi.load('libc.so.6');
  const openSocket = libc.func('int socket(int, int, int)');
  const setOption = libc.func('int setsockopt(int, int, int, void*, uint)');
  const bind = libc.func('int bind(int, void*, uint)');
  const recvmmsg = libc.func('int recvmmsg(int, void*, uint, int, void*)');
  const fd: number = openSocket(2, 2, 0);
  const size = Buffer.alloc(4);
  size.writeInt32LE(BUFFER);
  setOption(fd, SOL_SOCKET, SO_RCVBUF, size, 4);
  const address = Buffer.alloc(16);
  address.writeUInt16LE(2, 0);
  address.writeUInt16BE(port, 2);
  address.set([127, 0, 0, 1], 4);
  if (bind(fd, address, 16) !== 0) throw new Error(`cannot bind port ${port}`);
  // struct mmsghdr is 64 bytes (msghdr 56, length 4, padding 4), struct iovec 16; all of it is kept as long as the thread.
  const slab = Buffer.allocUnsafeSlow(MANY * SIZE);
  const iovecs = Buffer.alloc(MANY * 16);
  const headers = Buffer.alloc(MANY * 64);
  // The kernel writes into them, which the collection of garbage does not see.
  kept.push(slab, iovecs, headers);
  const addressOf = (bytes: Buffer): bigint => koffi.address(bytes);
  for (let i = 0; i < MANY; i++) {
    iovecs.writeBigUInt64LE(addressOf(slab) + BigInt(i * SIZE), i * 16);
    iovecs.writeBigUInt64LE(BigInt(SIZE), i * 16 + 8);
    headers.writeBigUInt64LE(addressOf(iovecs) + BigInt(i * 16), i * 64 + 16);
    headers.writeBigUInt64LE(1n, i * 64 + 24);
  }
  const lengths = new Uint32Array(headers.buffer, headers.byteOffset, MANY * 16);
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  parentPort?.postMessage('ready');
  for (;;) {
    const got: number = recvmmsg(fd, headers, MANY, MSG_WAITFORONE, null);
    for (let i = 0; i < got; i++) take(slab, i * SIZE, i * SIZE + lengths[i * 16 + 14]!);
    if (pause && got > 0 && got < 32) Atomics.wait(sleep, 0, 0, 1);
  }
}
