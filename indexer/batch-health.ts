import { HEAD, HEAD_SIZE, readMicros } from '../core/frame/layout.ts';
import { arrivedUsOf, type OpenFrame, sensorSize } from '../core/frame/reader.ts';
import type { CaptureEvent, GapSeen, PacketFrame } from '../core/model/capture-event.ts';
import type { Metrics } from '../core/runtime/metrics.ts';

/** What a batch tells about the pipeline itself; counted once the batch is stored, as it may come again before. */
export interface BatchHealth {
  /** One look a frame, at its first packet: the oldest, and in time each sensor comes first. */
  frame(open: OpenFrame): void;
  event(event: Exclude<CaptureEvent, PacketFrame>): void;
  stored(nowUs: number): void;
  /** When the oldest of it arrived, in epoch µs; Infinity of an empty batch. */
  oldestUs(): number;
  clear(): void;
}

export function createBatchHealth(metrics: Pick<Metrics, 'storedAfter' | 'clockOffset' | 'gap'>): BatchHealth {
  let oldestUs = Number.POSITIVE_INFINITY;
  const offsets = new Map<string, number>();
  const gaps: GapSeen[] = [];
  return {
    frame(open) {
      if (open.bytes.length < HEAD_SIZE) return;
      const arrivedUs = arrivedUsOf(open, 0);
      oldestUs = Math.min(oldestUs, arrivedUs);
      const sensor = open.bytes.toString('utf8', HEAD_SIZE, HEAD_SIZE + sensorSize(open, 0));
      offsets.set(sensor, readMicros(open.words, HEAD.sent) - arrivedUs);
    },
    event(event) {
      oldestUs = Math.min(oldestUs, event.arrivedUs);
      if (event.kind === 'gap') gaps.push(event);
    },
    stored(nowUs) {
      if (Number.isFinite(oldestUs)) metrics.storedAfter(Math.max(0, nowUs - oldestUs) / 1e6);
      for (const [sensor, offsetUs] of offsets) metrics.clockOffset(sensor, offsetUs / 1e6);
      for (const { node, stream, reason } of gaps) metrics.gap(node, stream, reason);
    },
    oldestUs: () => oldestUs,
    clear() {
      oldestUs = Number.POSITIVE_INFINITY;
      offsets.clear();
      gaps.length = 0;
    },
  };
}
