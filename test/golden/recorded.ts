import { join } from 'node:path';
import { readEvent } from '../../collector/esl/event.ts';
import { createFrameReader } from '../../collector/esl/frame.ts';
import { createLogReader } from '../../collector/esl/log-line.ts';
import { createNodeClock } from '../../collector/esl/time.ts';
import { decodeHep } from '../../collector/hep/decode.ts';
import { toPacketSeen } from '../../collector/hep/to-event.ts';
import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { readRecording } from '../replay/recording.ts';
import { readTruth, type Truth } from '../truth/truth-file.ts';

export interface RecordedDay {
  readonly events: readonly CaptureEvent[];
  readonly truth: Truth;
}

const MS_US = 1_000;

/** A recording of a FreeSWITCH site as the collector reads it, without sockets. */
export async function readDay(name: string): Promise<RecordedDay> {
  const recording = await readRecording(join(import.meta.dirname, '../recordings', name));
  const events: CaptureEvent[] = [];
  for (const { atMs, bytes } of recording.hep) {
    const decoded = decodeHep(bytes);
    if (decoded.ok) events.push(toPacketSeen(decoded.packet, atMs * MS_US, true));
  }
  for (const { node, connections } of recording.esl) {
    for (const frames of connections) {
      const reader = createFrameReader();
      const logs = createLogReader(node, createNodeClock(0), true);
      for (const { atMs, bytes } of frames) {
        for (const frame of reader.push(bytes)) {
          const arrivedUs = atMs * MS_US;
          if (frame.type === 'log/data') events.push(logs.read(frame, arrivedUs));
          if (frame.type !== 'text/event-json') continue;
          const read = readEvent(frame.body, { node, arrivedUs, trustSenderClock: true });
          if (!read.ok) throw new Error(`${name}: an event of ${node} cannot be read: ${read.reason}`);
          events.push(read.event);
        }
      }
    }
  }
  return { events: events.sort((a, b) => a.arrivedUs - b.arrivedUs), truth: readTruth(recording.truth) };
}
