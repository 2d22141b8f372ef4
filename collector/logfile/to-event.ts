import type { LogLineSeen, Micros } from '../../core/model/capture-event.ts';
import { withoutSecrets } from '../esl/secrets.ts';
import { localTime } from '../esl/time.ts';
import { createLogLineIds } from '../log-line-id.ts';
import type { LogLine } from './lines.ts';
import type { Zone } from './zone.ts';

const HOUR_US = 3_600_000_000;

export interface LogLineConverter {
  /** Lines must come in the order of the file. */
  toEvent(line: LogLine, arrivedUs: Micros): LogLineSeen;
}

/**
 * Makes what the bus carries of the lines of one file.
 *
 * A line's own time is kept however old it is: a file that is read after a long stop rightly holds old lines, where an
 * old time that comes over a connection means that a clock is wrong. A time more than an hour ahead cannot be right
 * (the wrong zone, most often) and is replaced by the arrival, unless senders' clocks are to be trusted.
 */
export function createLogLineConverter(deps: {
  readonly node: string;
  readonly zone: Zone;
  readonly trustSenderClock: boolean;
  /** Of the first line; the place in the file, so that lines of one tick keep their order across a restart. */
  readonly firstOrder: number;
}): LogLineConverter {
  const { node, zone, trustSenderClock } = deps;
  const ids = createLogLineIds(node);
  let order = deps.firstOrder;
  let stamp = '';
  let stampUs: Micros | undefined;
  return {
    toEvent(line, arrivedUs) {
      const localUs = localTime(line.stamp);
      if (localUs !== undefined) {
        stamp = line.stamp;
        stampUs = zone.toUtc(localUs, stampUs);
      }
      const text = withoutSecrets(line.text);
      // A line without a time ("EXECUTE …", "Dialplan: …") belongs to the line before it.
      const sentUs = stampUs ?? arrivedUs;
      const isPossible = sentUs > 0 && (trustSenderClock || sentUs - arrivedUs <= HOUR_US);
      return {
        kind: 'log',
        id: ids.next(line.channel, stamp, text),
        atUs: isPossible ? sentUs : arrivedUs,
        arrivedUs,
        node,
        channel: line.channel,
        level: line.level,
        file: line.file,
        // The file does not say which function wrote a line.
        func: '',
        line: line.line,
        order: order++,
        text,
      };
    },
  };
}
