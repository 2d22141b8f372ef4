import { Worker } from 'node:worker_threads';
import { type CaptureEvent, countAll, countOf } from '../../core/model/capture-event.ts';
import type { HepDeps, HepSource, HostPort } from './hep-source.ts';
import { createStanding } from './standing.ts';
import {
  type Counted,
  type FromReceiver,
  RECEIVE_BUFFER,
  type ReceiverSetup,
  type ToReceiver,
} from './udp-messages.ts';

const NAME = 'hep-udp';
const PROGRAM = new URL('./udp-receiver.ts', import.meta.url);

/**
 * HEP v1, v2 and v3 over UDP, received in a thread of its own. UDP senders cannot be slowed down: what the bus has no room
 * for is dropped, newest first and a frame at a time, and counted, and so is what the kernel dropped before we could read
 * it.
 */
export function createHepUdpSource(deps: HepDeps): HepSource {
  const { listen, strangers, trustSenderClock, bus, metrics } = deps;
  let { rules } = deps;
  const standing = createStanding(NAME, listen, metrics);
  let receiver: Worker | undefined;
  let stopping: Promise<void> | undefined;
  let flushes = 0;
  const flushed = new Map<number, () => void>();

  const publish = async (events: readonly CaptureEvent[]): Promise<void> => {
    let room = bus.room();
    const taken = events.filter((event) => {
      const count = countOf(event);
      if (count > room) {
        metrics.lost('bus', 'full', count);
        return false;
      }
      room -= count;
      return true;
    });
    try {
      // Not waited for: there was room, and the next datagrams cannot wait anyway.
      if (taken.length > 0) await bus.publish(taken);
    } catch (error) {
      standing.busRefused(countAll(taken), error);
    }
  };

  const count = ({ counter, reason, sender, count: step }: Counted): void => {
    if (counter === 'received') metrics.received(NAME, reason, step);
    else if (counter === 'scrubbed') metrics.scrubbed(reason, step);
    else metrics[counter](NAME, reason, sender, step);
  };

  const hear = (message: FromReceiver): void => {
    switch (message.type) {
      case 'events':
        for (const one of message.counted) count(one);
        for (const one of message.strangers) strangers.add(one);
        if (message.events.length === 0) break;
        standing.seen(Date.now());
        void publish(message.events.map(withBuffers));
        break;
      case 'dropped':
        metrics.lost('kernel', 'receive_buffer_full', message.count);
        break;
      case 'trouble':
        standing.trouble(message.sentence);
        break;
      case 'flushed':
        flushed.get(message.number)?.();
        flushed.delete(message.number);
        break;
      case 'listening':
      case 'failed':
      case 'stopped':
        break;
      default:
        message satisfies never;
    }
  };

  /** Resolves with where the thread listens; rejects with why it does not. */
  const open = (thread: Worker): Promise<Extract<FromReceiver, { type: 'listening' }>> =>
    new Promise((resolve, reject) => {
      thread.on('message', (message: FromReceiver) => {
        if (message.type === 'listening') resolve(message);
        else if (message.type === 'failed')
          reject(Object.assign(message.error, { code: message.code, ...listen, address: listen.host }));
        else hear(message);
      });
      thread.once('error', reject);
      thread.once('exit', () => {
        for (const done of flushed.values()) done();
        flushed.clear();
        reject(new Error('stopped before it listened'));
      });
    });

  const tell = (message: ToReceiver): void => receiver?.postMessage(message);

  const close = async (thread: Worker): Promise<void> => {
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    tell({ type: 'stop' });
    await ended;
    receiver = undefined;
    stopping = undefined;
    standing.stopped();
  };

  return {
    async start() {
      if (receiver !== undefined) return;
      const setup: ReceiverSetup = { listen: { ...listen }, rules, trustSenderClock };
      const thread = new Worker(PROGRAM, { workerData: setup, name: NAME });
      receiver = thread;
      standing.opening();
      try {
        const { at, receiveBuffer } = await open(thread);
        if (stopping !== undefined) throw new Error('stopped before it listened');
        let why: unknown = new Error('the receiving thread ended');
        thread.on('error', (error) => {
          why = error;
        });
        thread.once('exit', () => {
          if (stopping === undefined) standing.cannotListen(why);
        });
        standing.listening(at, `, ${bufferText(receiveBuffer)}`);
      } catch (error) {
        if (stopping === undefined) {
          receiver = undefined;
          standing.cannotListen(error);
        }
        throw error;
      }
    },

    async stop() {
      if (receiver === undefined) return;
      stopping ??= close(receiver);
      await stopping;
    },

    async flush() {
      if (receiver === undefined || stopping !== undefined) return;
      flushes += 1;
      const number = flushes;
      const done = new Promise<void>((resolve) => flushed.set(number, resolve));
      tell({ type: 'flush', number });
      await done;
    },
    change(settings) {
      ({ rules } = settings);
      tell({ type: 'rules', rules });
    },
    state: standing.state,
    address: (): HostPort => standing.bound() ?? listen,
  };
}

/** Bytes come out of another thread as plain arrays of them. */
function withBuffers(event: CaptureEvent): CaptureEvent {
  if (event.kind !== 'frame' && event.kind !== 'unreadable') return event;
  const { buffer, byteOffset, length } = event.bytes;
  return { ...event, bytes: Buffer.from(buffer, byteOffset, length) };
}

/** The kernel gives less than was asked for without a word. */
function bufferText(given: number): string {
  const kib = (bytes: number): string => `${Math.floor(bytes / 1024)} KiB`;
  const hint = given < RECEIVE_BUFFER ? ` of the ${kib(RECEIVE_BUFFER)} asked for (raise net.core.rmem_max)` : '';
  return `receive buffer ${kib(given)}${hint}`;
}
