import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '../../core/runtime/reason.ts';
import { createDoor } from './door.ts';
import { listened, machineClock, plainHost } from './hep-source.ts';
import { createHepIntake } from './intake.ts';
import { kernelDrops } from './kernel-drops.ts';
import { createOutlet } from './outlet.ts';
import { createStrangers } from './strangers.ts';
import { createTally } from './tally.ts';
import { type FromReceiver, RECEIVE_BUFFER, type ReceiverSetup, type ToReceiver } from './udp-messages.ts';

/**
 * The thread that receives HEP over UDP. It does nothing else, so that no batch, search or garbage collection makes a
 * datagram wait: the kernel's buffer holds a tenth of a second. What it read goes over as whole frames, whose memory
 * changes hands and is not copied.
 */

const DROPS_EVERY_MS = 5000;

const port = parentPort;
if (port === null) throw new Error('this file is a thread of collector/hep/udp.ts');
const { listen, rules, trustSenderClock } = workerData as ReceiverSetup;
const tell = (message: FromReceiver, moved: readonly ArrayBuffer[] = []): void => port.postMessage(message, moved);

const tally = createTally();
const strangers = createStrangers();
const door = createDoor(rules);
const intake = createHepIntake({
  source: 'hep-udp',
  door,
  strangers,
  dropsOverRate: true,
  trustSenderClock,
  metrics: tally,
});
const outlet = createOutlet(intake, async (events) => {
  const moved = events.flatMap((event) =>
    event.kind === 'frame' && event.bytes.buffer instanceof ArrayBuffer ? [event.bytes.buffer] : [],
  );
  tell({ type: 'events', events, counted: tally.take(), strangers: strangers.drain() }, moved);
  return true;
});

const family = isIPv6(listen.host) ? 'udp6' : 'udp4';
const socket = createSocket({ type: family, recvBufferSize: RECEIVE_BUFFER });
socket.on('message', (bytes, { address, port: sender }) => {
  intake.read(bytes, machineClock(), plainHost(address), sender);
  void outlet.passed();
});

let dropsSeen = 0;
const countDrops = async (): Promise<void> => {
  if (process.platform !== 'linux') return;
  try {
    const { address, port: own } = socket.address();
    const table = await readFile(family === 'udp6' ? '/proc/net/udp6' : '/proc/net/udp', 'latin1');
    const drops = kernelDrops(table, address, own);
    if (drops === undefined || drops <= dropsSeen) return;
    tell({ type: 'dropped', count: drops - dropsSeen });
    dropsSeen = drops;
  } catch (error) {
    tell({ type: 'trouble', sentence: `packets dropped by the kernel are not known: ${reasonOf(error)}` });
  }
};

const stop = async (): Promise<void> => {
  // The kernel forgets the count with the socket.
  await countDrops();
  await new Promise<void>((resolve) => socket.close(resolve));
  await outlet.flush();
  tell({ type: 'stopped' });
  port.close();
};

try {
  await listened(socket, () => socket.bind(listen.port, listen.host));
  // A failed receive concerns one datagram; the socket goes on.
  socket.on('error', (error) => {
    tally.rejected('hep-udp', 'socket_error', '');
    tell({ type: 'trouble', sentence: `last error: ${error.message}` });
  });
  const drops = setInterval(() => void countDrops(), DROPS_EVERY_MS);
  port.on('message', (message: ToReceiver) => {
    if (message.type === 'flush') void outlet.flush().then(() => tell({ type: 'flushed', number: message.number }));
    else if (message.type === 'rules') door.change(message.rules);
    else {
      clearInterval(drops);
      void stop();
    }
  });
  const { address, port: own } = socket.address();
  tell({ type: 'listening', at: { host: address, port: own }, receiveBuffer: socket.getRecvBufferSize() });
} catch (error) {
  const { code = '' } = error as NodeJS.ErrnoException;
  tell({ type: 'failed', error: error instanceof Error ? error : new Error(String(error)), code });
  port.close();
}
