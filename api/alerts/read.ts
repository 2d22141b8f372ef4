import type { IncidentBody, IncidentState, SeriesInputs } from '../../core/alert/incident.ts';
import type { FindingKind } from '../../core/detect/finding.ts';
import { kept, onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { seenAlert, seenAlerts, seenInputs } from './seen.ts';

/** An incident as the detector wrote it last. Times are epoch µs; `closedUs` is 0 while it is open. */
export interface StoredAlert extends IncidentBody {
  readonly id: string;
  readonly kind: FindingKind;
  readonly state: IncidentState;
  readonly sinceUs: number;
  readonly openedUs: number;
  readonly closedUs: number;
}

export interface AlertQuestion {
  readonly states: readonly IncidentState[];
  readonly kinds: readonly FindingKind[];
  /** Those that were open at some time between these two. */
  readonly sinceUs?: number;
  readonly untilUs?: number;
  readonly limit: number;
}

interface AlertRow {
  readonly key: string;
  readonly kind: FindingKind;
  readonly state: IncidentState;
  readonly began: number | string;
  readonly at: number | string;
  readonly ended: number | string;
  readonly body: string;
}

const COLUMNS = `lower(hex(id)) AS key, kind, state, toUnixTimestamp64Micro(since) AS began,
  toUnixTimestamp64Micro(opened) AS at, toUnixTimestamp64Micro(closed) AS ended, body`;
const FAR_US = 4e15;

/** Open ones first, then the newest. */
export async function readAlerts(
  store: Store,
  question: AlertQuestion,
  options?: SelectOptions,
): Promise<StoredAlert[]> {
  const { states, kinds, sinceUs = 0, untilUs = FAR_US, limit } = question;
  const seen = seenAlerts(options);
  const only = onlyOf(options);
  const rows = await store.select<AlertRow>(
    `SELECT ${COLUMNS} FROM alerts FINAL
     WHERE state IN {states:Array(String)} AND kind IN {kinds:Array(String)}
       AND since <= fromUnixTimestamp64Micro({until:Int64})
       AND (state = 'open' OR closed >= fromUnixTimestamp64Micro({from:Int64}))${seen === undefined ? '' : ` AND ${seen}`}
     ORDER BY state = 'open' DESC, opened DESC, id LIMIT {limit:UInt32}`,
    {
      ...{ states, kinds, from: sinceUs, until: Math.min(untilUs, FAR_US), limit },
      ...(only === undefined ? {} : { tenants: only.names }),
    },
    kept(options),
  );
  const alerts = await Promise.all(rows.map((row) => seenAlert(alertOf(row), store, options)));
  // What is shown of an incident may have other times and another state than the whole of it.
  return alerts.filter(
    (alert) =>
      alert !== undefined &&
      states.includes(alert.state) &&
      alert.sinceUs <= untilUs &&
      (alert.state === 'open' || alert.closedUs >= sinceUs),
  ) as StoredAlert[];
}

/** One incident with the minutes that its series were opened by; undefined for an id that none has. */
export async function readAlert(
  store: Store,
  id: string,
  options?: SelectOptions,
): Promise<{ readonly alert: StoredAlert; readonly inputs: readonly SeriesInputs[] } | undefined> {
  const [row] = await store.select<AlertRow & { inputs: string }>(
    `SELECT ${COLUMNS}, inputs FROM alerts FINAL WHERE id = unhex({id:String})`,
    { id },
    kept(options),
  );
  if (row === undefined) return undefined;
  const alert = await seenAlert(alertOf(row), store, options);
  const inputs = seenInputs(JSON.parse(row.inputs) as SeriesInputs[], options);
  return alert === undefined || (onlyOf(options) !== undefined && alert.kind === 'blind')
    ? undefined
    : { alert, inputs };
}

const alertOf = ({ key, kind, state, began, at, ended, body }: AlertRow): StoredAlert => ({
  ...{ id: key, kind, state },
  ...{ sinceUs: Number(began), openedUs: Number(at), closedUs: Number(ended) },
  ...(JSON.parse(body) as IncidentBody),
});
