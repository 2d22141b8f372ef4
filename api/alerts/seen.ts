import type { IncidentState, SeriesInputs } from '../../core/alert/incident.ts';
import { readSeen } from '../../core/call/read/seen.ts';
import { callIdNode, channelNode } from '../../core/model/edge.ts';
import { kept, onlyOf, type TenantSight } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { StoredAlert } from './read.ts';

/**
 * Alerts for whoever sees some tenants alone. An incident may be of several tenants, of the site and its trunks: he is shown
 * the series of his tenants as if they were all there is, with their own times, and his calls among the samples. What explains
 * it (trunks, nodes) and who fell silent is the site's.
 */

/** Rows that have a series of these tenants, as SQL; undefined for everybody else. */
export const seenAlerts = (options: SelectOptions | undefined): string | undefined =>
  onlyOf(options) === undefined
    ? undefined
    : `kind != 'blind' AND arrayExists(one -> JSONExtractString(one, 'dimension') = 'tenant'
         AND has({tenants:Array(String)}, JSONExtractString(one, 'name')), JSONExtractArrayRaw(body, 'series'))`;

interface Dimensioned {
  readonly dimension: string;
  readonly name: string;
}

const isOf =
  ({ names }: TenantSight) =>
  ({ dimension, name }: Dimensioned): boolean =>
    dimension === 'tenant' && names.includes(name);

/** The part of an alert that is shown; undefined when nothing of it is. */
export async function seenAlert(
  alert: StoredAlert,
  store: Store,
  options: SelectOptions | undefined,
): Promise<StoredAlert | undefined> {
  const only = onlyOf(options);
  if (only === undefined) return alert;
  const series = alert.series.filter(isOf(only));
  if (series.length === 0) return undefined;
  const nodes = alert.calls.flatMap((key) => [callIdNode(key), channelNode(key)]);
  const seen = await readSeen(store, nodes, kept(options));
  const states = series.map(({ state }) => state);
  const state: IncidentState = states.find((one) => one === 'open') ?? states[0] ?? alert.state;
  const minuteUs = (minutes: readonly number[]): number => 60_000_000 * Math.min(...minutes);
  return {
    ...{ id: alert.id, kind: alert.kind, state, series },
    sinceUs: minuteUs(series.map(({ since }) => since)),
    openedUs: minuteUs(series.map(({ opened }) => opened)),
    closedUs: state === 'open' ? 0 : 60_000_000 * Math.max(...series.map(({ closed }) => closed)),
    calls: alert.calls.filter((key) => seen.has(callIdNode(key)) || seen.has(channelNode(key))),
    ...{ explanation: [], silent: [] },
  };
}

export const seenInputs = (
  inputs: readonly SeriesInputs[],
  options: SelectOptions | undefined,
): readonly SeriesInputs[] => {
  const only = onlyOf(options);
  return only === undefined ? inputs : inputs.filter(isOf(only));
};
