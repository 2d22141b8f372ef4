import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Micros } from '../../core/model/capture-event.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { Door } from './door.ts';
import type { HepIntake } from './intake.ts';
import type { Outlet } from './outlet.ts';
import { createHepStream } from './stream.ts';

/** A packet that has begun must have come within this time of waiting for it. */
export const PACKET_TIMEOUT_MS = 30_000;
/** So many packets in a row that are of no use end a connection. */
const MAX_BROKEN = 100;
/** How long a sender over its rate is left waiting before it is asked for again: its rules may have changed. */
const THROTTLE_STEP_MS = 250;

export interface ServeDeps {
  readonly source: string;
  readonly intake: HepIntake;
  readonly outlet: Outlet;
  readonly door: Door;
  readonly metrics: Metrics;
  readonly now: () => Micros;
  readonly packetTimeoutMs: number;
  readonly isStopping: () => boolean;
}

/** Reads one connection to its end, and closes it when it cannot be read on. Never rejects. */
export async function serve(socket: Socket, host: string, deps: ServeDeps): Promise<void> {
  const { source, intake, outlet, door, metrics, now } = deps;
  const port = socket.remotePort ?? 0;
  const stream = createHepStream();
  const nextChunk = chunksOf(socket);
  let patienceMs = deps.packetTimeoutMs;
  let broken = 0;
  let isSlow = false;

  /** The next bytes; undefined at the end, and when the packet that has begun takes too long. */
  const read = async (): Promise<Buffer | undefined> => {
    if (!stream.isMidPacket()) return nextChunk();
    const fromMs = performance.now();
    const timer = setTimeout(() => {
      isSlow = true;
      socket.destroy();
    }, patienceMs);
    const chunk = await nextChunk();
    clearTimeout(timer);
    patienceMs -= performance.now() - fromMs;
    return chunk;
  };

  const throttle = async (packets: number): Promise<void> => {
    const { rate } = door.of(host);
    if (rate === undefined) return;
    rate.spend(packets);
    if (rate.waitMs() === 0) return;
    metrics.throttled(source, host);
    for (;;) {
      const waitMs = door.of(host).rate?.waitMs() ?? 0;
      if (waitMs === 0 || socket.destroyed) return;
      await sleep(Math.min(waitMs, THROTTLE_STEP_MS), undefined, { ref: false });
    }
  };

  for (;;) {
    // Nothing is read ahead of this: between two chunks the kernel's window fills up and the sender waits.
    const chunk = await read();
    if (chunk === undefined) break;
    const { packets, reason } = stream.push(chunk);
    if (packets.length > 0) patienceMs = deps.packetTimeoutMs;
    const arrivedUs = now();
    for (const packet of packets) {
      broken = intake.read(packet, arrivedUs, host, port) ? 0 : broken + 1;
      if (broken >= MAX_BROKEN) break;
    }
    if (reason !== '') intake.refuse(reason, chunk, arrivedUs, host, port);
    if (broken >= MAX_BROKEN) metrics.rejected(source, 'too_many_broken', host);
    const taken = await outlet.passed();
    if (reason !== '' || broken >= MAX_BROKEN || !taken) {
      socket.destroy();
      return;
    }
    await throttle(packets.length);
  }
  socket.destroy();
  const rest = stream.rest();
  if (rest.length === 0 || deps.isStopping()) return;
  intake.refuse(isSlow ? 'too_slow' : 'cut_off', rest, now(), host, port);
  await outlet.passed();
}

/** The next chunk of a socket, or undefined at its end, orderly or not: a failed one says why in its "error" event. */
function chunksOf(socket: Socket): () => Promise<Buffer | undefined> {
  const chunks: AsyncIterator<Buffer> = socket[Symbol.asyncIterator]();
  return async () => {
    try {
      const next = await chunks.next();
      return next.done === true ? undefined : next.value;
    } catch {
      return undefined;
    }
  };
}
