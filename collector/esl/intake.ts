import type { CaptureEvent, Micros } from '../../core/model/capture-event.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { createTaken } from '../link/taken.ts';
import { countScrubbed } from '../scrub/tally.ts';
import { readEvent } from './event.ts';
import { createEventMemory, type EventMemory } from './event-memory.ts';
import type { EslFrame } from './frame.ts';
import { type CoreSeen, lostGap, restartGap } from './gaps.ts';
import { isIgnored, isWorthStoring } from './interest.ts';
import { createLogReader, lostStream } from './log-line.ts';
import { createSequenceWatch, type SequenceWatch } from './sequence.ts';
import { createNodeClock } from './time.ts';

/** send_heartbeat of switch_core.c: event-heartbeat-interval, 20 s unless configured. */
const HEARTBEAT_MS = 20_000;
const LONGEST_HEARTBEAT_MS = 300_000;
/** How long log lines wait for the first event to tell the time zone, in the rare case that nothing else does. */
const CLOCK_WAIT_MS = 2_000;

export interface IntakeDeps {
  readonly node: {
    readonly name: string;
    readonly host: string;
    readonly port: number;
    readonly utcOffsetMinutes?: number;
  };
  readonly trustSenderClock: boolean;
  readonly metrics: Metrics;
  readonly nowUs: () => Micros;
  /** The interval that is assumed until two HEARTBEATs show a longer one. */
  readonly heartbeatMs: number | undefined;
}

/** Frames in, what was seen out: all that is known of one switch beyond a single connection. */
export interface Intake {
  /** A reader for the events of one connection. */
  events(): (frames: readonly EslFrame[]) => CaptureEvent[];
  /** A reader for the log lines of one connection. */
  logs(): (frames: readonly EslFrame[]) => Promise<CaptureEvent[]>;
  /** Counts bytes that are of no use under a reason, and keeps them for a person to look at. */
  unreadable(reason: string, bytes: Buffer): CaptureEvent;
  heartbeatMs(): number;
}

export function createIntake(deps: IntakeDeps): Intake {
  const { node, metrics, nowUs, trustSenderClock } = deps;
  const name = `esl:${node.name}`;
  const taken = createTaken({ source: name, node, metrics, isWorthStoring });
  const clock = createNodeClock(node.utcOffsetMinutes);
  const usualHeartbeatMs = deps.heartbeatMs ?? HEARTBEAT_MS;
  let heartbeatMs = usualHeartbeatMs;
  let lastHeartbeatUs = 0;
  let core: CoreSeen | undefined;

  const unreadable = (reason: string, bytes: Buffer): CaptureEvent => taken.unreadable(reason, bytes, nowUs());

  /** HEARTBEAT does not say its interval: event-heartbeat-interval of switch.conf may be longer than the usual one. */
  const learnHeartbeat = (atUs: Micros): void => {
    const intervalMs = lastHeartbeatUs === 0 ? 0 : (atUs - lastHeartbeatUs) / 1000;
    heartbeatMs = Math.min(Math.max(intervalMs, usualHeartbeatMs), LONGEST_HEARTBEAT_MS);
    lastHeartbeatUs = atUs;
  };

  const readEvents = (memory: EventMemory, watch: SequenceWatch, frames: readonly EslFrame[]): CaptureEvent[] => {
    const arrivedUs = nowUs();
    let ignored = 0;
    let unread = 0;
    let isTimed = false;
    const captured: CaptureEvent[] = [];
    for (const frame of frames) {
      if (frame.type !== 'text/event-json') {
        captured.push(unreadable('unexpected_frame', frame.body));
        continue;
      }
      if (isIgnored(frame.body)) {
        ignored++;
        unread++;
        continue;
      }
      const reading = readEvent(frame.body, { node: node.name, arrivedUs, trustSenderClock, memory });
      if (!reading.ok) {
        captured.push(unreadable(reading.reason, frame.body));
        continue;
      }
      const { event } = reading;
      // Summer time begins for all events that came together.
      if (!isTimed) isTimed = clock.learn(event.headers);
      if (event.name === 'HEARTBEAT') learnHeartbeat(event.atUs);
      const seen: CoreSeen = { coreUuid: event.coreUuid, atUs: event.atUs };
      if (core !== undefined && seen.coreUuid !== '' && core.coreUuid !== seen.coreUuid) {
        captured.push(restartGap(node.name, core, seen, arrivedUs));
      }
      if (seen.coreUuid !== '') core = seen;
      const lost = watch(event, unread);
      unread = 0;
      if (lost !== undefined) captured.push(lost);
      captured.push(event);
    }
    taken.ignored(ignored);
    return taken.worthStoring(captured);
  };

  const eventReader = (): ((frames: readonly EslFrame[]) => CaptureEvent[]) => {
    const memory = createEventMemory();
    const watch = createSequenceWatch(node.name);
    return (frames) => readEvents(memory, watch, frames);
  };

  const logReader = (): ((frames: readonly EslFrame[]) => Promise<CaptureEvent[]>) => {
    const reader = createLogReader(node.name, clock, trustSenderClock);
    let lastLineUs = 0;
    return async (frames) => {
      const captured: CaptureEvent[] = [];
      const arrivedUs = nowUs();
      let lines = 0;
      for (const frame of frames) {
        if (frame.type !== 'log/data') {
          captured.push(unreadable('unexpected_frame', frame.body));
          continue;
        }
        if (reader.needsClock(frame, arrivedUs)) await clock.known(CLOCK_WAIT_MS);
        const line = reader.read(frame, arrivedUs);
        const lost = lostStream(line);
        if (lost !== undefined) captured.push(lostGap(line, lost, lost === 'events' ? (core?.atUs ?? 0) : lastLineUs));
        captured.push(line);
        lastLineUs = line.atUs;
        lines++;
      }
      if (lines > 0) metrics.received(name, 'log', lines);
      countScrubbed(metrics);
      return captured;
    };
  };

  return { events: eventReader, logs: logReader, unreadable, heartbeatMs: () => heartbeatMs };
}
