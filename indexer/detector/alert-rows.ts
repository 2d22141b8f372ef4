import type { IncidentBody, SeriesInputs } from '../../core/alert/incident.ts';
import type { Store } from '../../core/store/store.ts';
import type { LiveIncident } from './incidents.ts';

const MINUTE_US = 60_000_000;
const timeOf = (minute: number): number => (minute < 0 ? 0 : minute * MINUTE_US);

/** The rows of the table `alerts`: one an incident, whose newest version counts. */
export interface AlertRows {
  /** Writes what is known of an incident after `minute`; `added` are inputs of series that opened in it. */
  write(incident: LiveIncident, minute: number, added: readonly SeriesInputs[], nowUs: number): Promise<void>;
  /** Closes what no detector knows any more: it began anew without what it had written down. */
  closeStrangers(known: readonly LiveIncident[], minute: number, nowUs: number): Promise<void>;
}

export function createAlertRows(store: Store): AlertRows {
  /** The decisions of incidents that are open, which do not change any more. */
  const inputs = new Map<string, SeriesInputs[]>();

  const inputsOf = async ({ id }: LiveIncident): Promise<SeriesInputs[]> => {
    const known = inputs.get(id);
    if (known !== undefined) return known;
    const [row] = await store.select<{ inputs: string }>(
      'SELECT inputs FROM alerts FINAL WHERE id = unhex({id:String})',
      { id },
    );
    return row === undefined ? [] : (JSON.parse(row.inputs) as SeriesInputs[]);
  };

  return {
    async write(incident, minute, added, nowUs) {
      const { id, kind, state, since, opened, closed, series, explanation, calls, silent } = incident;
      const isAdded = (one: SeriesInputs): boolean =>
        added.some(({ dimension, name }) => dimension === one.dimension && name === one.name);
      const all = [...(await inputsOf(incident)).filter((one) => !isAdded(one)), ...added];
      const body: IncidentBody = { series, explanation, calls, silent };
      const row = {
        ...{ id, kind, state, version: minute, arrived: nowUs },
        ...{ since: timeOf(since), opened: timeOf(opened), closed: timeOf(closed) },
        ...{ body: JSON.stringify(body), inputs: JSON.stringify(all) },
      };
      await store.insert('alerts', [row], `alert ${id} ${minute} ${nowUs}`);
      if (state === 'open') inputs.set(id, all);
      else inputs.delete(id);
    },
    async closeStrangers(known, minute, nowUs) {
      const rows = await store.select<Stranger>(
        `SELECT lower(hex(id)) AS key, kind, toUnixTimestamp64Micro(since) AS from, toUnixTimestamp64Micro(opened) AS at,
           version, body, inputs FROM alerts FINAL WHERE state = 'open'`,
      );
      for (const { key, kind, from, at, version, body, inputs } of rows) {
        if (known.some(({ id }) => id === key)) continue;
        const parts = JSON.parse(body) as IncidentBody;
        for (const one of parts.series)
          if (one.state === 'open') Object.assign(one, { state: 'closed', closed: minute });
        const row = {
          ...{ id: key, kind, state: 'closed', version: Math.max(Number(version) + 1, minute), arrived: nowUs },
          ...{ since: Number(from), opened: Number(at), closed: timeOf(minute), body: JSON.stringify(parts), inputs },
        };
        await store.insert('alerts', [row], `alert ${key} ${minute} ${nowUs}`);
      }
    },
  };
}

interface Stranger {
  readonly key: string;
  readonly kind: string;
  readonly from: number | string;
  readonly at: number | string;
  readonly version: number | string;
  readonly body: string;
  readonly inputs: string;
}
