import { leadOf } from '../../core/alert/incident.ts';
import { type CountedRow, explainSpike } from '../../core/detect/explain.ts';
import type { Store } from '../../core/store/store.ts';
import type { LiveIncident } from './incidents.ts';

const OPTIONS = { maxSeconds: 20 } as const;
const MAX_ROWS = 5000;
const MAX_SAMPLES = 300;
const CALLS = 5;
/** What is usual is read off the week before. */
const BEFORE = 7 * 1440;
const UNTOLD = new Set(['', 'none', 'unknown', 'other']);

/** Legs of the incident's window with one set of values. A SIP status says more than a cause; a cause more than nothing. */
const VALUES = `tenant, trunk, node, prefix, if(code IN ('none', 'timeout') AND cause != '', cause, code) AS why`;

interface Values {
  readonly tenant: string;
  readonly trunk: string;
  readonly node: string;
  readonly prefix: string;
  readonly why: string;
}

/**
 * Why it fails and which calls do, in place: what of trunk, node, prefix and tenant, and then of causes, holds more of the
 * failures than of the attempts, over the legs of the series that the incident is called after; and five calls, those that the
 * explanation is about first. `until` is the last minute that is looked at.
 */
export async function gatherEvidence(store: Store, incident: LiveIncident, until: number): Promise<void> {
  const lead = leadOf(incident);
  if (lead === undefined || incident.kind === 'blind') return;
  const since = Math.min(...incident.series.map((one) => one.since));
  // The dimension is one of four words of ours; the name is bound.
  const own = lead.dimension === 'site' ? '1' : `${lead.dimension} = {name:String}`;
  const params = { since, until, name: lead.name, before: since - BEFORE };
  const window = `${own} AND minute BETWEEN {since:UInt32} AND {until:UInt32}`;
  const [rows, usual, samples] = await Promise.all([
    store.select<Values & { bad: number; n: number | string }>(
      `SELECT ${VALUES}, class = 'network' AS bad, sum(attempts) AS n FROM outcomes WHERE ${window}
       GROUP BY tenant, trunk, node, prefix, why, bad ORDER BY bad DESC, n DESC, tenant, trunk, node, prefix, why
       LIMIT ${MAX_ROWS}`,
      params,
      OPTIONS,
    ),
    store.select<{ why: string; n: number | string }>(
      `SELECT if(code IN ('none', 'timeout') AND cause != '', cause, code) AS why, sum(attempts) AS n FROM outcomes
       WHERE ${own} AND class = 'network' AND minute BETWEEN {before:UInt32} AND {since:UInt32} - 1 GROUP BY why ORDER BY why`,
      params,
      OPTIONS,
    ),
    store.select<Values & { samples: string; root: number }>(
      `SELECT ${VALUES}, root, samples FROM outcomes WHERE ${window} AND samples != ''
       ORDER BY minute DESC, root DESC, samples LIMIT ${MAX_SAMPLES}`,
      params,
      OPTIONS,
    ),
  ]);
  // Where, and by which cause: as one question the cause, which all of a trunk's failures share, would hide the trunk.
  const where = explainSpike(rows.map(({ bad, n, ...values }) => countedRow(placesOf(values), bad, n)));
  const causes = rows.map(({ bad, n, why }) => countedRow(bad === 1 ? told({ cause: why }) : {}, bad, n));
  incident.explanation = [...where, ...explainSpike(causes, { cause: sharesOf(usual) }, { most: 1 })];
  const [first] = where;
  const fits = (one: Values): boolean => first !== undefined && placesOf(one)[first.dimension] === first.value;
  const ordered = [...samples.filter(fits), ...samples.filter((one) => !fits(one))];
  incident.calls = [...new Set(ordered.flatMap(({ samples }) => JSON.parse(samples) as string[]))].slice(0, CALLS);
}

const countedRow = (values: Record<string, string>, bad: number, n: number | string): CountedRow => ({
  values,
  attempts: Number(n),
  failed: bad === 1 ? Number(n) : 0,
});

const placesOf = ({ tenant, trunk, node, prefix }: Pick<Values, 'tenant' | 'trunk' | 'node' | 'prefix'>) =>
  told({ tenant, trunk, node, prefix });

/** Without what is not known. */
const told = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => !UNTOLD.has(value)));

function sharesOf(rows: readonly { why: string; n: number | string }[]): Record<string, number> {
  const all = rows.reduce((sum, { n }) => sum + Number(n), 0);
  const shares = Object.create(null) as Record<string, number>;
  for (const { why, n } of rows) shares[why] = Number(n) / all;
  return shares;
}
