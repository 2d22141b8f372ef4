import { join } from 'node:path';
import { createEventReader } from '../../collector/ami/event.ts';
import { createPacketReader } from '../../collector/ami/frame.ts';
import { isWorthStoring } from '../../collector/ami/interest.ts';
import { readEvent } from '../../collector/esl/event.ts';
import { createFrameReader } from '../../collector/esl/frame.ts';
import { createLogReader } from '../../collector/esl/log-line.ts';
import { createNodeClock } from '../../collector/esl/time.ts';
import { decodeHep } from '../../collector/hep/decode.ts';
import { walk } from '../../core/call/graph/walk.ts';
import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { nodeText } from '../../core/model/edge.ts';
import { toPacketSeen } from '../collector/hep/helpers.ts';
import type { MemoryGraph } from '../generate/graph.ts';
import { type Recording, readRecording } from '../replay/recording.ts';
import type { Answers } from '../truth/score.ts';
import { readTruth, type Truth } from '../truth/truth-file.ts';

export interface RecordedDay {
  readonly events: readonly CaptureEvent[];
  readonly truth: Truth;
}

const MS_US = 1_000;

const open = (name: string): Promise<Recording> => readRecording(join(import.meta.dirname, '../recordings', name));

/** A recording of a site as the collector reads it, without sockets. */
export async function readDay(name: string): Promise<RecordedDay> {
  const recording = await open(name);
  const truth = readTruth(recording.truth, { uniqueids: recording.ami.length > 0 });
  return { events: seenIn(name, recording), truth };
}

/** The same of a recording whose truth is told in another form. */
export const readSeen = async (name: string): Promise<CaptureEvent[]> => seenIn(name, await open(name));

function seenIn(name: string, recording: Recording): CaptureEvent[] {
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
  for (const { node, connections } of recording.ami) {
    for (const frames of connections) {
      const packets = createPacketReader();
      const reader = createEventReader({ node, trustSenderClock: true });
      for (const { atMs, bytes } of frames) {
        for (const item of packets.push(bytes)) {
          if (item.kind !== 'packet') throw new Error(`${name}: something else than an event of ${node}`);
          const event = reader.read(item, atMs * MS_US);
          if (event !== undefined && isWorthStoring(event)) events.push(event);
        }
      }
    }
  }
  return events.sort((a, b) => a.arrivedUs - b.arrivedUs);
}

/** The answer to each identifier that the truth knows of. */
export async function answersOf(graph: MemoryGraph, truth: Truth): Promise<Answers> {
  const answers = new Map<string, readonly string[] | undefined>();
  for (const identifier of truth.groups.flatMap(({ identifiers }) => identifiers)) {
    const seeds = graph.known(identifier);
    const answer = seeds.length === 0 ? undefined : [...(await walk(seeds, graph.neighbours)).nodes].map(nodeText);
    answers.set(identifier, answer);
  }
  return answers;
}
