import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IncidentBody, SeriesInputs } from '../../../core/alert/incident.ts';
import type { AlertsConfig } from '../../../core/config/config.ts';
import type { CaptureEvent } from '../../../core/model/capture-event.ts';
import { createHostNames } from '../../../core/model/host-names.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics, type Metrics } from '../../../core/runtime/metrics.ts';
import { openStore } from '../../../core/store/open.ts';
import type { Store } from '../../../core/store/store.ts';
import type { Row } from '../../../core/store/tables.ts';
import { createDetector } from '../../../indexer/detector/detector.ts';
import { createLinker } from '../../../indexer/linker/linker.ts';
import { createOutcomes } from '../../../indexer/outcomes/outcomes.ts';
import { MONDAY, usual } from '../../core/detect/series.ts';
import { createRandom } from '../../generate/random.ts';
import { storeHand } from '../../generate/store.ts';
import { createSampling } from '../../simulate/sampling.ts';
import { copyStore, layTables } from '../../system/tables.ts';

export const MINUTE_US = 60_000_000;
const DAY = 1440;
export const LEARNT_DAYS = 16;

/** The next Wednesday at ten, UTC, in minutes: ahead of this machine's clock, with which batches are stamped. */
export const TEN = ((): number => {
  const tomorrow = Math.floor(Date.now() / 60_000) + DAY;
  const week = MONDAY + Math.ceil((tomorrow - MONDAY) / (7 * DAY)) * 7 * DAY;
  return week + 2 * DAY + 600;
})();

export interface StoredAlert extends IncidentBody {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly since: number;
  readonly opened: number;
  readonly closed: number;
  readonly inputs: readonly SeriesInputs[];
}

/** Counts of one minute of one trunk. */
export interface Counted {
  readonly trunk: string;
  readonly attempts: number;
  readonly failed: number;
  readonly tenant?: string;
  readonly node?: string;
  readonly sensors?: string;
  readonly prefix?: string;
}

/** A linker that counts and a detector that reads it, over a store of their own, with a clock that is set. */
export interface DetectorStage {
  readonly store: Store;
  readonly metrics: () => Metrics;
  /** Minutes of ordinary traffic over the trunks, heard by "hep 101", as if they had been counted. */
  history(from: number, until: number, trunks?: readonly string[], node?: string): Promise<void>;
  /** Counts of a minute as if they had been counted in time. */
  minute(minute: number, counts: readonly Counted[], hearing?: HearOptions): Promise<void>;
  /** Stores what was captured and puts calls together at this moment, epoch µs. */
  pass(nowUs: number, events?: readonly CaptureEvent[]): Promise<void>;
  /** Judges all minutes up to and with this one. */
  judge(minute: number): Promise<number>;
  alerts(): Promise<StoredAlert[]>;
  /** Another process on the same store. */
  restart(nowUs: number): void;
  /** The value of a metric with exactly these labels. */
  value(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined>;
  /** Closes the store, and leaves its directory when it is to be copied. */
  close(keep?: 'keep'): Promise<void>;
  readonly dir: string;
}

export interface HearOptions {
  /** Thirds in which the sensor was heard; default all. */
  readonly sensor?: number;
  /** Calltrail did not count. */
  readonly away?: boolean;
}

/** The directory of a store in which sixteen ordinary days until ten o'clock have been counted and judged. */
export async function makeOrdinaryDays(): Promise<{ readonly dir: string; readonly judged: number }> {
  const stage = await openDetectorStage();
  await stage.history(TEN - LEARNT_DAYS * DAY, TEN);
  const judged = await stage.judge(TEN - 1);
  await stage.close('keep');
  return { dir: stage.dir, judged };
}

export async function openDetectorStage(
  config: Partial<AlertsConfig> = {},
  names: Readonly<Record<string, string>> = {},
  copyOf?: string,
): Promise<DetectorStage> {
  const dir = mkdtempSync(join(tmpdir(), 'calltrail-detector-'));
  if (copyOf !== undefined) copyStore(copyOf, dir);
  else await layTables(dir);
  const store = await openStore({ kind: 'embedded', path: dir }, silentLog);
  let now = TEN * MINUTE_US;
  const begin = () => {
    const metrics = createMetrics();
    const places = { names: createHostNames(names), nodes: new Set<string>() };
    const watched = createOutcomes({ store, log: silentLog, metrics, places, maxLabelValues: 200, sinceUs: now });
    const linker = createLinker({ store, metrics, log: silentLog, watched, quietMs: 0, now: () => now });
    const detector = createDetector({
      ...{ store, log: silentLog, registry: metrics.registry, now: () => now },
      config: { enabled: true, scale: 1, dimensions: ['tenant', 'trunk', 'node'], top: 20, ...config },
      linker: { quietSeconds: 20, intervalSeconds: 10 },
    });
    return { metrics, linker, detector };
  };
  let process = begin();
  const sampling = createSampling(createRandom(7));
  const stageId = randomUUID();
  let inserts = 0;

  const rowsOf = (minute: number, { trunk, attempts, failed, ...over }: Counted): Row<'outcomes'>[] => {
    const { tenant = 'none', node = 'fs1', sensors = 'hep 101', prefix = '+49301' } = over;
    const same = {
      ...{ minute, arrived: (minute + 1) * MINUTE_US + 30_000_000, tenant, trunk, node, sensors },
      ...{ direction: 'outbound', cause: '', prefix, stage: '', root: 1 },
    };
    const good = { ...same, class: 'answered', code: '200', attempts: attempts - failed, samples: '' };
    const samples = JSON.stringify([`${trunk}-${minute}@old`]);
    const bad = { ...same, class: 'network', code: failed > 3 ? '503' : '500', attempts: failed, samples };
    return [good, bad].filter((row) => row.attempts > 0);
  };
  const heardIn = (minute: number, { sensor = 7, away = false }: HearOptions): Row<'heard'>[] => {
    const same = { minute, arrived: (minute + 1) * MINUTE_US + 31_000_000 };
    return [
      ...(away ? [] : [{ ...same, kind: 'calls', name: '', thirds: 7 }]),
      ...(sensor === 0 ? [] : [{ ...same, kind: 'sensor', name: 'hep 101', thirds: sensor }]),
    ];
  };
  const insert = async (counts: Row<'outcomes'>[], heard: Row<'heard'>[]): Promise<void> => {
    await store.insert('outcomes', counts, `counts ${stageId} ${inserts}`);
    await store.insert('heard', heard, `heard ${stageId} ${inserts++}`);
  };

  return {
    store,
    metrics: () => process.metrics,
    async history(from, until, trunks = ['carrier-a', 'carrier-b'], node) {
      let owed = 0;
      const [counts, heard]: [Row<'outcomes'>[], Row<'heard'>[]] = [[], []];
      for (let minute = from; minute < until; minute++) {
        const { rate, ratio } = usual(minute);
        for (const trunk of trunks) {
          const attempts = sampling.poisson(rate / trunks.length);
          // Failures evenly among the attempts: ordinary days are to page for nothing.
          owed += attempts * ratio;
          const failed = Math.min(attempts, Math.floor(owed));
          owed -= failed;
          counts.push(...rowsOf(minute, { trunk, attempts, failed, ...(node === undefined ? {} : { node }) }));
        }
        heard.push(...heardIn(minute, {}));
      }
      await insert(counts, heard);
    },
    minute: (minute, counts, hearing = {}) =>
      insert(
        counts.flatMap((one) => rowsOf(minute, one)),
        heardIn(minute, hearing),
      ),
    async pass(atUs, events = []) {
      now = atUs;
      await storeHand(store, events);
      await process.linker.pass();
    },
    async judge(minute) {
      now = (minute + 2) * MINUTE_US + 1_000_000;
      return process.detector.look();
    },
    async alerts() {
      const rows = await store.select<Record<string, string | number>>(
        `SELECT lower(hex(id)) AS key, kind, state, body, inputs, toUnixTimestamp64Micro(since) AS from,
           toUnixTimestamp64Micro(opened) AS at, toUnixTimestamp64Micro(closed) AS ended
         FROM alerts FINAL ORDER BY opened, kind, id`,
      );
      return rows.map(({ key, kind, state, body, inputs, from, at, ended }) => ({
        ...{ id: String(key), kind: String(kind), state: String(state) },
        ...{ since: Number(from) / MINUTE_US, opened: Number(at) / MINUTE_US, closed: Number(ended) / MINUTE_US },
        ...(JSON.parse(String(body)) as IncidentBody),
        inputs: JSON.parse(String(inputs)) as SeriesInputs[],
      }));
    },
    restart(nowUs) {
      now = nowUs;
      process = begin();
    },
    async value(name, labels = {}) {
      const values = (await process.metrics.registry.getSingleMetric(name)?.get())?.values ?? [];
      const wanted = JSON.stringify(Object.entries(labels).sort());
      return values.find((one) => JSON.stringify(Object.entries(one.labels).sort()) === wanted)?.value;
    },
    dir,
    async close(keep) {
      await store.close();
      if (keep === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}
