import type { Explanation } from '../detect/explain.ts';
import type { FindingInputs, FindingKind, FindingTest } from '../detect/finding.ts';

/** What an alert is of: the whole site, or one value of a dimension. */
export type SeriesDimension = 'site' | 'tenant' | 'trunk' | 'node';

export const INCIDENT_STATES = ['open', 'closed', 'accepted'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** A series in which something was found. Minutes are those since the epoch, UTC. */
export interface IncidentSeries {
  readonly dimension: SeriesDimension;
  /** "" for the site. */
  readonly name: string;
  readonly kind: FindingKind;
  readonly test: FindingTest;
  state: IncidentState;
  /** The first minute of what was found, the one that decided, and the last one, -1 while it is open. */
  readonly since: number;
  readonly opened: number;
  closed: number;
  /** Sums since then over the minutes that could be judged, of the last four hours at most. */
  failed: number;
  attempts: number;
  expectedFailed: number;
  expectedAttempts: number;
  score: number;
  threshold: number;
}

/** Series that failed together, as one; of `series` the site comes before its parts. */
export interface Incident {
  /** 16 hex digits. */
  readonly id: string;
  readonly kind: FindingKind;
  state: IncidentState;
  readonly since: number;
  readonly opened: number;
  closed: number;
  readonly series: IncidentSeries[];
  explanation: Explanation[];
  /** Call-IDs or channels of some calls that failed. */
  calls: string[];
  /** Of blindness: who was not heard. "" stands for Calltrail, which did not count. */
  silent: string[];
}

/** What an incident is called after: the first of its series that is open, of one that is over the first. */
export const leadOf = ({ series }: Pick<Incident, 'series'>): IncidentSeries | undefined =>
  series.find(({ state }) => state === 'open') ?? series[0];

/** What an incident's row holds in `body`. */
export type IncidentBody = Pick<Incident, 'series' | 'explanation' | 'calls' | 'silent'>;

/** What its row holds in `inputs`: of each series the minutes that decided (core/detect/redraw.ts). */
export interface SeriesInputs {
  readonly dimension: SeriesDimension;
  readonly name: string;
  readonly opened: number;
  readonly inputs: FindingInputs;
}
