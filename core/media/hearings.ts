import type { SeenMessage } from '../call/copies.ts';
import { type Heard, lossPercentOf } from './heard.ts';
import { endsOf, readReport } from './read-report.ts';
import { reportersOf } from './reporters.ts';

/** What one report says of one direction, with the messages that said it: more than one where it came over several hops. */
export interface Hearing {
  readonly heard: Heard;
  readonly seen: readonly SeenMessage[];
}

/**
 * Everything that the reports of a leg say of who heard whom, oldest first. `messages` are its reports, oldest first, copies
 * merged. What RTCP leaves to its reader stands in it: how many packets were expected since the report before, and the round
 * trip.
 */
export function hearingsOf(messages: readonly SeenMessage[]): readonly Hearing[] {
  const intervals = new Map(
    reportersOf(messages).flatMap(({ reports }) => reports.map(({ seen, heard }) => [seen, heard] as const)),
  );
  const published = new Map<string, SeenMessage[]>();
  return messages.flatMap((seen): Hearing[] => {
    const report = readReport(seen.message);
    if (report === undefined) return [];
    if (report.body !== '') {
      const before = published.get(report.body);
      if (before !== undefined) {
        before.push(seen);
        return [];
      }
    }
    const all = [seen];
    if (report.body !== '') published.set(report.body, all);
    const rtcp = (intervals.get(seen) ?? []).map(({ ssrc, fractionLost, jitter, expected, roundTripMs }): Heard => {
      const trip = roundTripMs === undefined ? {} : { roundTripMs };
      const figures = { lossPercent: lossPercentOf(fractionLost), jitterUnits: jitter, ...trip };
      return { format: 'rtcp', ...endsOf(seen.message), ssrc, span: 'interval', expected, figures };
    });
    return [...rtcp, ...report.heard.filter(({ format }) => format !== 'rtcp')].map((heard) => ({ heard, seen: all }));
  });
}
