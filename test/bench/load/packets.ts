import { encodeHep } from '../../../collector/hep/encode.ts';
import { type LoadDialog, type LoadOptions, makeCall } from './dialog.ts';
import { sipOf, stepOf } from './message.ts';

/** What a collector must hold after a load. */
export interface LoadSums {
  packets: number;
  bytes: number;
  dialogs: number;
}

/**
 * The packets of a load in the order of their capture times, dialogs interleaved as on the wire. Deterministic: the same
 * options give the same bytes. Per call INVITE, 100, 180, 200, ACK, BYE, 200; 12 % of the calls fail, 25 % have a second
 * leg. SIP of 943 bytes in the mean.
 */
export function* packetsOf(options: LoadOptions, sums: LoadSums): Generator<Buffer> {
  const queue = createQueue();
  let next = 0;
  const admit = (): void => {
    while (next < options.calls) {
      const startUs = options.startSec * 1_000_000 + Math.floor((next * (options.spanSec * 1_000_000)) / options.calls);
      if (startUs > queue.earliestUs()) return;
      for (const dialog of makeCall(options, next)) {
        queue.push({ dialog, step: 0 });
        sums.dialogs++;
      }
      next++;
    }
  };
  for (;;) {
    admit();
    const first = queue.shift();
    if (first === undefined) return;
    const bytes = hepOf(first.dialog, first.step);
    sums.packets++;
    sums.bytes += bytes.length;
    yield bytes;
    if (first.step + 1 < first.dialog.at.length) queue.push({ dialog: first.dialog, step: first.step + 1 });
  }
}

function hepOf(dialog: LoadDialog, step: number): Buffer {
  const { back } = stepOf(dialog, step);
  const here = { ip: dialog.srcIp.join('.'), port: dialog.srcPort };
  const there = { ip: dialog.dstIp.join('.'), port: dialog.dstPort };
  const [src, dst] = back ? [there, here] : [here, there];
  return encodeHep({
    transport: 'udp',
    srcIp: src.ip,
    srcPort: src.port,
    dstIp: dst.ip,
    dstPort: dst.port,
    sentUs: dialog.at[step] ?? 0,
    protocol: 1,
    captureId: dialog.node,
    payload: Buffer.from(sipOf(dialog, step), 'latin1'),
  });
}

interface Waiting {
  readonly dialog: LoadDialog;
  readonly step: number;
}

/** A binary heap by time, then Call-ID. */
function createQueue() {
  const heap: Waiting[] = [];
  const atUs = ({ dialog, step }: Waiting): number => dialog.at[step] ?? 0;
  const before = (a: Waiting, b: Waiting): boolean =>
    atUs(a) - atUs(b) < 0 || (atUs(a) === atUs(b) && a.dialog.callId < b.dialog.callId);
  const swap = (i: number, j: number): void => {
    const kept = heap[i]!;
    heap[i] = heap[j]!;
    heap[j] = kept;
  };
  return {
    earliestUs: () => (heap[0] === undefined ? Number.POSITIVE_INFINITY : atUs(heap[0])),
    push(item: Waiting): void {
      let at = heap.push(item) - 1;
      for (let up = (at - 1) >> 1; at > 0 && before(heap[at]!, heap[up]!); up = (at - 1) >> 1) {
        swap(at, up);
        at = up;
      }
    },
    shift(): Waiting | undefined {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined || heap.length === 0) return first;
      heap[0] = last;
      for (let at = 0; ; ) {
        let least = at;
        for (const child of [2 * at + 1, 2 * at + 2]) {
          if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
        }
        if (least === at) return first;
        swap(at, least);
        at = least;
      }
    },
  };
}
