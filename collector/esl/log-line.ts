import type { LogLineSeen, Micros } from '../../core/model/capture-event.ts';
import { createLogLineIds } from '../log-line-id.ts';
import { type EslFrame, valueIn } from './frame.ts';
import { withoutSecrets } from './secrets.ts';
import { localTime, type NodeClock, offsetByArrival, senderTime } from './time.ts';

const STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/;
const STAMP_LENGTH = 26;
const DEBUG = 7;
/** DEBUG1 to DEBUG10 come with Log-Level 1, which is ALERT: the text tells them apart. */
const IS_DEBUG = /^[^[]{0,40}\[DEBUG/;
const REMEMBERED_PLACES = 5_000;

export interface LogReader {
  /** Reads one `log/data` frame; the frames of a connection must come in their order. */
  read(frame: EslFrame, arrivedUs: Micros): LogLineSeen;
  /** True when the line has a local time, and nothing tells yet which zone that is. */
  needsClock(frame: EslFrame, arrivedUs: Micros): boolean;
}

/** The reader for one connection: what it remembers of earlier lines begins anew with each. */
export function createLogReader(node: string, clock: NodeClock, trustSenderClock: boolean): LogReader {
  let order = 0;
  let stamp = '';
  let stampLocalUs: Micros | undefined;
  let offsetGuess: number | undefined;
  let hasWaited = false;
  const ids = createLogLineIds(node);
  const places = new Map<string, Place>();

  /** Where in the switch's source a line was written: some hundred places write all of them. */
  const placeOf = (head: string): Place => {
    const start = head.indexOf('Log-Level: ');
    const end = head.indexOf('\nUser-Data: ');
    const key = head.slice(Math.max(start, 0), end < start ? head.length : end);
    let place = places.get(key);
    if (place === undefined) {
      place = readPlace(head);
      if (places.size >= REMEMBERED_PLACES) places.clear();
      places.set(key, place);
    }
    return place;
  };

  /** What is replayed arrives at any time of the day: then only an event can tell the zone. */
  const guessOffset = (localUs: Micros, arrivedUs: Micros): number | undefined =>
    trustSenderClock ? undefined : offsetByArrival(localUs, arrivedUs);
  const offset = (): number => clock.offsetMinutes() ?? offsetGuess ?? 0;

  return {
    needsClock(frame, arrivedUs) {
      if (hasWaited || clock.offsetMinutes() !== undefined || offsetGuess !== undefined) return false;
      const localUs = localTime(stampOf(frame.body.toString('latin1', 0, STAMP_LENGTH)));
      if (localUs === undefined || guessOffset(localUs, arrivedUs) !== undefined) return false;
      // Once: where no event ever comes, lines must not wait for it one by one.
      hasWaited = true;
      return true;
    },
    read(frame, arrivedUs) {
      const text = withoutSecrets(frame.body.toString('utf8'));
      // Lines of one tick of the switch's clock have one time.
      if (stamp === '' || !text.startsWith(stamp)) {
        const written = stampOf(text);
        const localUs = localTime(written);
        if (localUs !== undefined) {
          stamp = written;
          stampLocalUs = localUs;
          offsetGuess ??= guessOffset(localUs, arrivedUs);
        }
      }
      // About a third of the lines ("EXECUTE …", "Dialplan: …") has no time: they belong to the line before them.
      const sentUs = stampLocalUs === undefined ? arrivedUs : stampLocalUs - offset() * 60_000_000;
      const channel = valueIn(frame.head, 'User-Data: ') ?? '';
      const { level, file, func, line } = placeOf(frame.head);
      return {
        kind: 'log',
        id: ids.next(channel, stamp, text),
        atUs: senderTime(sentUs, arrivedUs, trustSenderClock),
        arrivedUs,
        node,
        channel,
        level: level === 1 && IS_DEBUG.test(text) ? DEBUG : level,
        file,
        func,
        line,
        order: order++,
        text,
      };
    },
  };
}

/** "Lost [12] events! Event Queue size: [0/100000]": mod_event_socket gave up things for a listener that was too slow. */
export function lostStream(line: LogLineSeen): 'events' | 'logs' | undefined {
  if (line.level > 2) return undefined;
  const found = /Lost \[\d+\] (events|log lines)!/.exec(line.text);
  if (found === null) return undefined;
  return found[1] === 'events' ? 'events' : 'logs';
}

const stampOf = (text: string): string => (STAMP.test(text) ? text.slice(0, STAMP_LENGTH) : '');

interface Place {
  readonly level: number;
  readonly file: string;
  readonly func: string;
  readonly line: number;
}

function readPlace(head: string): Place {
  return {
    level: Math.min(readNumber(valueIn(head, 'Log-Level: '), DEBUG), 255),
    file: valueIn(head, 'Log-File: ') ?? '',
    func: valueIn(head, 'Log-Func: ') ?? '',
    line: readNumber(valueIn(head, 'Log-Line: '), 0),
  };
}

function readNumber(text: string | undefined, otherwise: number): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : otherwise;
}
