import type { LogLineSeen, Micros } from '../../core/model/capture-event.ts';
import { createLogLineReader, type LogLine } from './lines.ts';
import { createLogLineConverter } from './to-event.ts';
import type { Zone } from './zone.ts';

/** Bytes in, what was seen out: what is known of the stretch of a file that is being read. */
export interface Reading {
  push(bytes: Buffer, arrivedUs: Micros): LogLineSeen[];
  /** The lines that still wait for their end, as they are. */
  flush(arrivedUs: Micros): LogLineSeen[];
  pending(): number;
  isMidLine(): boolean;
}

export interface ReadingOptions {
  readonly node: string;
  readonly zone: Zone;
  readonly trustSenderClock: boolean;
  /** Place of the first byte in the file. */
  readonly offset: number;
  /** Reading begins inside a message, perhaps: its rest is passed over. */
  readonly isInMiddle: boolean;
  /** What stands before the first byte. It was taken earlier, and is read for what later lines depend on. */
  readonly before?: Buffer;
  /** Text that belongs to no record. */
  readonly onUnknown: () => void;
}

export function createReading(options: ReadingOptions): Reading {
  const reader = createLogLineReader();
  const { node, zone, trustSenderClock, before, offset } = options;
  const converter = createLogLineConverter({ node, zone, trustSenderClock, firstOrder: offset });
  let { isInMiddle } = options;

  if (before !== undefined) {
    // The time of the line before, and equal lines of the same tick, which their order tells apart.
    for (const line of [...reader.push(before), ...reader.flush()]) converter.toEvent(line, 0);
  }

  const convert = (lines: readonly LogLine[], arrivedUs: Micros): LogLineSeen[] => {
    const events: LogLineSeen[] = [];
    for (const line of lines) {
      if (!line.known && isInMiddle) continue;
      if (!line.known) options.onUnknown();
      isInMiddle = false;
      events.push(converter.toEvent(line, arrivedUs));
    }
    return events;
  };

  return {
    push: (bytes, arrivedUs) => convert(reader.push(bytes), arrivedUs),
    flush: (arrivedUs) => convert(reader.flush(), arrivedUs),
    pending: reader.pending,
    isMidLine: reader.isMidLine,
  };
}
