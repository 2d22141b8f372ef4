import { randomUUID } from 'node:crypto';
import type { Log } from '../../core/runtime/log.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';

/** A registration as it is counted, by names that are bounded. */
export interface CountedRegistration {
  readonly tenant: string;
  readonly node: string;
  /** SIP status, or "timeout". */
  readonly code: string;
  readonly result: string;
}

/** The counts of registrations in the store, by the minute in which they ended. */
export interface RegistrationRows {
  /** @param atUs when it ended; epoch µs */
  count(one: CountedRegistration, atUs: number): void;
  /** Writes what was counted, every few seconds; what cannot be written is written first the next time. */
  write(nowUs: number): Promise<void>;
}

const EVERY_US = 8_000_000;
/** Rows that wait for a store that is away; names are bounded, so this is many minutes. */
const MAX_ROWS = 100_000;

/** What a process counted and had not written when it was killed is lost, as its metrics are. */
export function createRegistrationRows(store: Store, metrics: Pick<Metrics, 'lost'>, log: Log): RegistrationRows {
  const process = randomUUID();
  const pending = new Map<string, CountedRegistration & { readonly minute: number; attempts: number }>();
  /** As they were tried: what may have been stored must be tried again as it was. */
  let tried: { readonly rows: Row<'registrations'>[]; readonly token: string } | undefined;
  let writtenUs = 0;
  let writes = 0;
  return {
    count(one, atUs) {
      const minute = Math.floor(atUs / 60_000_000);
      const key = [minute, one.tenant, one.node, one.code, one.result].join('\0');
      const known = pending.get(key);
      if (known !== undefined) known.attempts++;
      else if (pending.size < MAX_ROWS) pending.set(key, { ...one, minute, attempts: 1 });
      else metrics.lost('store', 'registrations');
    },
    async write(nowUs) {
      if (nowUs >= writtenUs && nowUs < writtenUs + EVERY_US) return;
      if (tried === undefined) {
        if (pending.size === 0) return;
        const rows = [...pending.values()].map((one) => ({ ...one, arrived: nowUs }));
        pending.clear();
        tried = { rows, token: `registrations ${process} ${writes++}` };
      }
      writtenUs = nowUs;
      try {
        await store.insert('registrations', tried.rows, tried.token);
        tried = undefined;
      } catch (error) {
        log.warn(`counts of registrations wait for the store: ${reasonOf(error)}`);
      }
    },
  };
}
