import type { Incident, IncidentSeries } from '../../core/alert/incident.ts';
import type { Finding, FindingKind } from '../../core/detect/finding.ts';
import { stableId } from '../../core/model/id.ts';
import type { Series } from './series.ts';

/** An incident with what the detector must remember of it. A plain value. */
export interface LiveIncident extends Incident {
  /** When the last series opened. */
  joined: number;
}

/** What opens within so many minutes of another, or after all had closed, has the same cause: one page. */
export const SAME_INCIDENT = 30;

/** Blindness is a matter of sensors and is never a part of what is said of calls. */
const isOfKind = (a: FindingKind, b: FindingKind): boolean => (a === 'blind') === (b === 'blind');

/**
 * Takes a finding into the incidents, in place, and answers the one that it belongs to. A series joins the incident that
 * another one opened within half an hour, or within half an hour of its end; while the whole site is open, all its parts
 * join. What opens later on its own is an incident of its own, however long the other lasts.
 */
export function takeFinding(
  incidents: LiveIncident[],
  series: Pick<Series, 'dimension' | 'name'>,
  finding: Finding,
  silent: readonly string[],
): LiveIncident | undefined {
  const { kind, minute } = finding;
  if (finding.state !== 'opened') {
    const incident = incidents.find((one) => isOfKind(one.kind, kind) && openOne(one, series) !== undefined);
    if (incident !== undefined) close(incident, openOne(incident, series)!, finding);
    return incident;
  }
  const incident =
    incidents.find((one) => isOfKind(one.kind, kind) && takesIn(one, minute)) ?? begin(incidents, series, finding);
  const entry = entryOf(series, finding);
  const place = incident.series.findIndex((one) => one.dimension === entry.dimension && one.name === entry.name);
  if (place >= 0) incident.series[place] = entry;
  else if (entry.dimension === 'site') incident.series.unshift(entry);
  else incident.series.push(entry);
  incident.state = 'open';
  incident.closed = -1;
  incident.joined = minute;
  incident.silent = [...new Set([...incident.silent, ...silent])].sort();
  return incident;
}

/** Forgets, in place, what nothing can join any more. */
export function forgetIncidents(incidents: LiveIncident[], minute: number): void {
  for (let i = incidents.length - 1; i >= 0; i--) {
    const { state, closed } = incidents[i]!;
    if (state !== 'open' && minute - closed > SAME_INCIDENT) incidents.splice(i, 1);
  }
}

export const openOne = (
  { series }: Incident,
  { dimension, name }: Pick<Series, 'dimension' | 'name'>,
): IncidentSeries | undefined =>
  series.find((one) => one.state === 'open' && one.dimension === dimension && one.name === name);

function takesIn({ state, closed, joined, series }: LiveIncident, minute: number): boolean {
  if (state !== 'open') return minute - closed <= SAME_INCIDENT;
  const [lead] = series;
  return minute - joined <= SAME_INCIDENT || (lead?.dimension === 'site' && lead.state === 'open');
}

function begin(
  incidents: LiveIncident[],
  { dimension, name }: Pick<Series, 'dimension' | 'name'>,
  { kind, minute, sinceMinute }: Finding,
): LiveIncident {
  const incident: LiveIncident = {
    id: stableId('incident', kind, dimension, name, minute),
    ...{ kind, state: 'open', since: sinceMinute, opened: minute, closed: -1, joined: minute },
    ...{ series: [], explanation: [], calls: [], silent: [] },
  };
  incidents.push(incident);
  return incident;
}

function entryOf({ dimension, name }: Pick<Series, 'dimension' | 'name'>, finding: Finding): IncidentSeries {
  const { kind, test, minute, sinceMinute } = finding;
  return {
    ...{ dimension, name, kind, test, state: 'open', since: sinceMinute, opened: minute, closed: -1 },
    ...numbersOf(finding),
  };
}

/** The numbers of a finding that go on changing while it is open. */
export const numbersOf = ({ failed, attempts, expectedFailed, expectedAttempts, score, threshold }: Finding) => ({
  ...{ failed, attempts, expectedFailed, expectedAttempts, score, threshold },
});

function close(incident: LiveIncident, one: IncidentSeries, finding: Finding): void {
  const state = finding.state === 'accepted' ? 'accepted' : 'closed';
  const { score: _, threshold: __, ...sums } = numbersOf(finding);
  Object.assign(one, sums, { state, closed: finding.minute });
  if (incident.series.some((other) => other.state === 'open')) return;
  incident.state = state;
  incident.closed = finding.minute;
}
