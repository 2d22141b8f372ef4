import type { SeriesInputs } from '../../core/alert/incident.ts';
import type { AlertsConfig } from '../../core/config/config.ts';
import { step } from '../../core/detect/detector.ts';
import { findingOf } from '../../core/detect/hysteresis.ts';
import { MINUTES_A_DAY } from '../../core/detect/minute.ts';
import { DEFAULT_PARAMS, type DetectParams } from '../../core/detect/params.ts';
import { forgetIncidents, type LiveIncident, numbersOf, openOne, takeFinding } from './incidents.ts';
import type { KnownMinute } from './minutes.ts';
import {
  type AllSeries,
  admit,
  changePlaces,
  missedBy,
  newSeries,
  noteCarriers,
  type Others,
  type Series,
  SITE,
  sumsOf,
} from './series.ts';
import { hear, type Listener, newListener } from './watch.ts';

/** Everything that the detector knows after a minute; all of it is kept (snapshots.ts). */
export interface Knowledge {
  /** The last minute that was judged. */
  minute: number;
  readonly series: AllSeries;
  readonly others: Others;
  /** By "kind:name". */
  readonly listeners: Map<string, Listener>;
  readonly incidents: LiveIncident[];
}

/** What a minute has changed. */
export interface Judged {
  /** Incidents in which something opened or closed. */
  readonly changed: ReadonlySet<LiveIncident>;
  /** What the series that opened were judged by. */
  readonly inputs: ReadonlyMap<LiveIncident, readonly SeriesInputs[]>;
  readonly findings: readonly { readonly kind: string; readonly state: string }[];
}

export const newKnowledge = (minute: number): Knowledge => ({
  ...{ minute, others: new Map(), listeners: new Map(), incidents: [] },
  series: new Map([[SITE, newSeries('site', '')]]),
});

export const paramsOf = ({ scale }: Pick<AlertsConfig, 'scale'>): DetectParams => ({ ...DEFAULT_PARAMS, scale });

const MAX_LISTENERS = 2000;
/** Who was not heard for so long is forgotten. */
const FORGET_MINUTES = 8 * MINUTES_A_DAY;
/** Calltrail itself, among those who were silent. */
const OURSELVES = '';

/**
 * Judges the next minute, in place. `breathe` is waited for between series, as fits are not quick.
 */
export async function judge(
  knowledge: Knowledge,
  known: KnownMinute,
  config: Pick<AlertsConfig, 'dimensions' | 'top'>,
  params: DetectParams,
  breathe: () => Promise<void>,
): Promise<Judged> {
  const { series, others, incidents } = knowledge;
  const { minute, counted } = known;
  knowledge.minute = minute;
  forgetIncidents(incidents, minute);
  if (minute % MINUTES_A_DAY === 0) changePlaces(series, others);
  const silent = silentIn(knowledge, known);
  const sums = sumsOf(known.calls, config.dimensions);
  admit(series, others, sums, config.top);
  const site = series.get(SITE)!;
  const [changed, inputs] = [new Set<LiveIncident>(), new Map<LiveIncident, SeriesInputs[]>()];
  const findings: { kind: string; state: string }[] = [];
  for (const [key, one] of [[SITE, site] as const, ...[...series].filter(([key]) => key !== SITE)]) {
    const missed = counted ? missedBy(one, silent) : [OURSELVES];
    const blind = missed.length > 0;
    const own = sums.get(key);
    const counts = { minute, attempts: own?.attempts ?? 0, failed: own?.failed ?? 0, blind };
    for (const finding of step(one.state, counts, params, one === site ? undefined : site.state)) {
      findings.push({ kind: finding.kind, state: finding.state });
      const incident = takeFinding(incidents, one, finding, missed);
      if (incident === undefined) continue;
      changed.add(incident);
      if (finding.state !== 'opened' || finding.kind === 'blind') continue;
      const { dimension, name } = one;
      const known = inputs.get(incident) ?? [];
      inputs.set(incident, [...known, { dimension, name, opened: minute, inputs: finding.inputs }]);
    }
    if (!blind) noteCarriers(one, minute, own);
    await breathe();
  }
  for (const incident of incidents) follow(incident, series.values(), minute, params);
  return { changed, inputs, findings };
}

/** Names of those who should have been heard and were not, and of switches whose events have a gap. */
function silentIn({ listeners }: Knowledge, { minute, heard, gaps, counted }: KnownMinute): Set<string> {
  const silent = new Set(gaps);
  // What was not stored was not heard: of a minute in which we were away nothing is learnt about others.
  if (!counted) return silent;
  for (const key of heard.keys()) {
    if (listeners.has(key) || listeners.size >= MAX_LISTENERS) continue;
    listeners.set(key, newListener(key.slice(key.indexOf(':') + 1)));
  }
  for (const [key, listener] of listeners) {
    if (hear(listener, minute, heard.get(key) ?? 0)) silent.add(listener.name);
    else if (minute - listener.lastHeard > FORGET_MINUTES) listeners.delete(key);
  }
  return silent;
}

/** The numbers of what is open, as of this minute, in place. */
function follow(incident: LiveIncident, all: Iterable<Series>, minute: number, params: DetectParams): void {
  if (incident.state !== 'open' || incident.kind === 'blind') return;
  for (const one of all) {
    const entry = openOne(incident, one);
    const { open } = one.state;
    if (entry !== undefined && open !== null)
      Object.assign(entry, numbersOf(findingOf(one.state, open, minute, 'opened', params)));
  }
}
