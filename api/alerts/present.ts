import { type IncidentSeries, leadOf, type SeriesInputs } from '../../core/alert/incident.ts';
import { redraw } from '../../core/detect/redraw.ts';
import type { Alert, AlertDetail, AlertSeries, DrawnSeries } from '../alert-schemas.ts';
import { isoOf } from '../time.ts';
import type { StoredAlert } from './read.ts';
import { sentenceOf } from './sentence.ts';

const MINUTE_US = 60_000_000;
const minuteIso = (minute: number): string => isoOf(minute * MINUTE_US);
/** Outcomes of the list that the network's failures have. */
const FAILED = 'failed,rejected,no_answer';

/** An alert as it is answered; its numbers are those of the series that it is called after. */
export function presentAlert(alert: StoredAlert): Alert {
  const { id, kind, state, sinceUs, openedUs, closedUs, series, explanation, calls, silent } = alert;
  const lead = leadOf(alert);
  const parts = series.map(presentSeries);
  return {
    ...{ id, kind, state },
    since: isoOf(sinceUs),
    openedAt: isoOf(openedUs),
    closedAt: closedUs === 0 ? null : isoOf(closedUs),
    what: sentenceOf(alert),
    dimension: lead?.dimension ?? 'site',
    name: lead?.name ?? '',
    numerator: lead?.failed ?? 0,
    denominator: lead?.attempts ?? 0,
    expectedNumerator: lead?.expectedFailed ?? 0,
    expectedDenominator: lead?.expectedAttempts ?? 0,
    series: parts,
    explanation: [...explanation],
    calls: calls.map((key) => ({ key, href: `/calls/${encodeURIComponent(key)}` })),
    search: searchOf(alert),
    silent: silent.map((name) => (name === '' ? 'Calltrail' : name)),
  };
}

/** The same with what each series was opened by, and its scores drawn again from that. */
export const presentDetail = (alert: StoredAlert, inputs: readonly SeriesInputs[]): AlertDetail => ({
  ...presentAlert(alert),
  drawn: inputs.map(drawnOf),
});

function presentSeries(one: IncidentSeries): AlertSeries {
  const { since, opened, closed, ...rest } = one;
  return {
    ...rest,
    since: minuteIso(since),
    openedAt: minuteIso(opened),
    closedAt: closed < 0 ? null : minuteIso(closed),
  };
}

function drawnOf({ dimension, name, opened, inputs }: SeriesInputs): DrawnSeries {
  const { minutes, cap, ...constants } = inputs;
  const scores = redraw(inputs);
  return {
    ...{ dimension, name, openedAt: minuteIso(opened) },
    ...{ ...constants, capSlow: cap.slow, capVanished: cap.vanished },
    minutes: minutes.map(({ minute, attempts, failed, blind, expectedAttempts, expectedRatio }, i) => ({
      ...{ at: minuteIso(minute), attempts, failed, blind, expectedAttempts, expectedRatio },
      ...{ slow: scores[i]?.slow ?? 0, fast: scores[i]?.fast ?? 0, vanished: scores[i]?.vanished ?? 0 },
    })),
  };
}

/** The list of failed calls of its time, of its tenant where it is one's. */
function searchOf(alert: StoredAlert): string {
  const { sinceUs, closedUs } = alert;
  const lead = leadOf(alert);
  const query = new URLSearchParams({ from: isoOf(sinceUs), outcome: FAILED });
  if (closedUs !== 0) query.set('to', isoOf(closedUs));
  if (lead?.dimension === 'tenant') query.set('tenant', lead.name);
  return `/api/search?${query}`;
}
