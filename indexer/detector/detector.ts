import type { Registry } from 'prom-client';
import type { AlertsConfig } from '../../core/config/config.ts';
import type { Log } from '../../core/runtime/log.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import { turn } from '../../core/runtime/turn.ts';
import type { Store } from '../../core/store/store.ts';
import { createRounds } from '../rounds.ts';
import { createAlertRows } from './alert-rows.ts';
import { createDetectorMetrics } from './detector-metrics.ts';
import { gatherEvidence } from './evidence.ts';
import type { LiveIncident } from './incidents.ts';
import { type Judged, judge, type Knowledge, newKnowledge, paramsOf } from './knowledge.ts';
import { type KnownMinute, readFirstMinute, readMinutes } from './minutes.ts';
import { readSnapshot, writeSnapshot } from './snapshots.ts';

export interface DetectorDeps {
  readonly store: Store;
  readonly log: Log;
  readonly registry: Registry;
  readonly config: AlertsConfig;
  /** As the linker has it: what arrives that much later than a minute is still of it. */
  readonly linker: { readonly quietSeconds: number; readonly intervalSeconds: number };
  /** Pause between two looks; default 5 000. */
  readonly intervalMs?: number;
  /** Epoch µs. */
  readonly now?: () => number;
}

export interface Detector {
  start(): void;
  /** Resolves when the look that goes on has ended. Safe to call twice. */
  stop(): Promise<void>;
  /** Judges every minute that can be judged, and answers how many that were. */
  look(): Promise<number>;
}

const MINUTE_US = 60_000_000;
/** What is counted of a minute so long after its end still counts: the linker's silence and pass, and a slow store. */
const WATERMARK_US = 55_000_000;
/** What was written before the watermark can be read so long after it. */
const SETTLE_US = 5_000_000;
const LEARN_MINUTES = 63 * 1440;
/** Knowledge is written down once an hour; while years of minutes are read again, once a week. */
const SNAPSHOT_MINUTES = 60;
/** Rows of one reading, about: what they make the event loop wait for stays below a few milliseconds. */
const ROWS = 3000;
const MOST_MINUTES = 720;
/** A minute that is not older than this is news: its incidents are followed, older ones are told once. */
const NEWS_MINUTES = 120;
/** An open incident is explained anew each minute at first. */
const YOUNG_MINUTES = 10;
const BUSY_MS = 8;

/**
 * Judges each minute once, when it is over and what was counted late has come; reads nothing but the store, and writes
 * incidents to it. Killed anywhere, it goes on from what it wrote down last, judges some minutes again and writes the same.
 */
export function createDetector(deps: DetectorDeps): Detector {
  const { store, log, config, linker, intervalMs = 5000, now = () => Date.now() * 1000 } = deps;
  const params = paramsOf(config);
  const watermarkUs = Math.max(WATERMARK_US, (linker.quietSeconds + 2 * linker.intervalSeconds + 15) * 1e6);
  const rows = createAlertRows(store);
  const startedUs = now();
  let knowledge = newKnowledge(-1);
  const lagSeconds = (): number => {
    const doneUs = knowledge.minute < 0 ? startedUs : (knowledge.minute + 1) * MINUTE_US;
    return Math.max(0, now() - doneUs) / 1e6;
  };
  const metrics = createDetectorMetrics(deps.registry, () => knowledge, config.scale, lagSeconds);
  /** Set by a failure: memory may be ahead of what was written. */
  let begin = true;

  /** The last minute that can be judged now. */
  const target = (): number => Math.floor((now() - watermarkUs - SETTLE_US) / MINUTE_US) - 1;

  /** What was written down last, else the counts from their beginning; undefined while nothing was ever counted. */
  const recall = async (until: number): Promise<Knowledge | undefined> => {
    const least = Math.max(0, until - LEARN_MINUTES);
    const kept = await readSnapshot(store, least, until);
    if (kept !== undefined) return kept;
    const first = await readFirstMinute(store, least);
    return first === undefined || first > until ? undefined : newKnowledge(first - 1);
  };

  const breathe = (): (() => Promise<void>) => {
    let since = performance.now();
    return async () => {
      if (performance.now() - since < BUSY_MS) return;
      await turn();
      since = performance.now();
    };
  };

  const isDue = (incident: LiveIncident, minute: number): boolean =>
    incident.state === 'open' &&
    incident.kind !== 'blind' &&
    (minute - incident.joined <= YOUNG_MINUTES || minute % YOUNG_MINUTES === 0);

  /** Explains and writes what has changed, and what is open and is news. */
  const tell = async (known: Knowledge, { changed, inputs }: Judged, until: number): Promise<void> => {
    const { minute, incidents } = known;
    const isNews = minute > until - NEWS_MINUTES;
    for (const incident of incidents) {
      if (!changed.has(incident) && !(isNews && isDue(incident, minute))) continue;
      await gatherEvidence(store, incident, minute);
      await rows.write(incident, minute, inputs.get(incident) ?? [], Math.floor(now()));
    }
  };

  const look = async (): Promise<number> => {
    const until = target();
    // A clock that was set back: what was learnt of minutes that have not been is not true.
    if (begin || knowledge.minute > until + 1) {
      const recalled = await recall(until);
      if (recalled === undefined) return 0;
      knowledge = recalled;
      begin = true;
    }
    const known = knowledge;
    let judged = 0;
    let size = SNAPSHOT_MINUTES;
    const breath = breathe();
    try {
      while (known.minute < until && !rounds.stopped()) {
        const from = known.minute + 1;
        const minutes = await readMinutes(store, from, Math.min(until, from + size - 1), watermarkUs);
        size = sizeFor(minutes);
        for (const one of minutes) {
          if (rounds.stopped()) break;
          const verdict = await judge(known, one, config, params, breath);
          for (const { kind, state } of verdict.findings) metrics.found(kind, state);
          await tell(known, verdict, until);
          const every = known.minute > until - NEWS_MINUTES ? SNAPSHOT_MINUTES : 7 * 24 * SNAPSHOT_MINUTES;
          if (known.minute % every === 0) await writeSnapshot(store, known, Math.floor(now()));
          judged++;
        }
      }
      if (begin && !rounds.stopped()) await rows.closeStrangers(known.incidents, known.minute, Math.floor(now()));
      begin = rounds.stopped();
      return judged;
    } catch (error) {
      begin = true;
      throw error;
    }
  };

  const rounds = createRounds(async () => {
    try {
      await look();
    } catch (error) {
      log.warn(`minutes could not be judged, it will be tried again: ${reasonOf(error)}`);
    }
  }, intervalMs);

  return {
    start: rounds.startNow,
    stop: rounds.stop,
    look,
  };
}

/** So many minutes that they have about so many rows. */
function sizeFor(minutes: readonly KnownMinute[]): number {
  const rows = minutes.reduce((sum, { calls, heard }) => sum + calls.length + heard.size, 0);
  return Math.max(1, Math.min(MOST_MINUTES, Math.floor(ROWS / Math.max(rows / minutes.length, 1))));
}
