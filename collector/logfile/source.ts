import type { Bus } from '../../core/bus/bus.ts';
import type { LogFile } from '../../core/config/config.ts';
import type { LogLineSeen, Micros } from '../../core/model/capture-event.ts';
import type { Log } from '../../core/runtime/log.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import type { Source, SourceState } from '../../core/runtime/source.ts';
import { countScrubbed } from '../scrub/tally.ts';
import { type Bookmark, openBookmark } from './bookmark.ts';
import { createFollower, type Follower, type Step } from './follower.ts';
import { openPositionFile } from './position.ts';
import { createReading, type Reading, type ReadingOptions } from './reading.ts';
import { fixedZone, machineZone } from './zone.ts';

const POLL_MS = 500;
/** The rest of a message is waited for so long: the switch writes its lines one right after the other. */
const SETTLE_MS = 500;
/** The end of a line is waited for so long. */
const QUIET_MS = 2_000;
const SAVE_MS = 5_000;
/** How long stopping waits for the store, before what it was given last is left to be read again. */
const STOP_MS = 5_000;
/**
 * A file that is seen for the first time is read from its beginning, as its last hours are what an operator looks for
 * first; of a larger one the end. mod_logfile rotates at 10 MB unless told otherwise.
 */
const FIRST_BYTES = 64 * 1024 * 1024;

export interface LogFileDeps {
  readonly file: LogFile;
  /** The directory in which it remembers how far it read. */
  readonly stateDir: string;
  readonly bus: Bus;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly trustSenderClock: boolean;
  /** Epoch milliseconds, may have a fraction. */
  readonly now?: () => number;
  readonly pollMs?: number;
  readonly settleMs?: number;
  readonly quietMs?: number;
  readonly saveMs?: number;
  readonly stopMs?: number;
  readonly firstBytes?: number;
}

/**
 * Follows one FreeSWITCH log file. Its place is remembered once the lines before it are stored, so a restart reads on
 * where it stopped; after a crash some lines come again, with the ids they had.
 */
export function createLogFileSource(deps: LogFileDeps): Source {
  const { file, bus, metrics, log } = deps;
  const { path, node } = file;
  const { pollMs = POLL_MS, settleMs = SETTLE_MS, quietMs = QUIET_MS } = deps;
  const { saveMs = SAVE_MS, stopMs = STOP_MS, firstBytes = FIRST_BYTES } = deps;
  const now = deps.now ?? Date.now;
  const nowUs = (): Micros => Math.round(now() * 1000);
  const name = `log:${node}`;
  const zone = file.utcOffsetMinutes === undefined ? machineZone() : fixedZone(file.utcOffsetMinutes);
  let isStopped = false;
  /** Ends what the loop waits for. */
  let wake = (): void => {};
  let running: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;

  let follower: Follower | undefined;
  let reading = begin({});
  let grewAt = performance.now();
  let bookmark: Bookmark | undefined;

  let current: Omit<SourceState, 'name' | 'lastSeenMs'> = { state: 'down', detail: 'Not started.' };
  let isTold = false;
  let lastSeenMs = 0;

  const enter = (state: SourceState['state'], detail: string): void => {
    if (state !== current.state || !isTold) {
      isTold = true;
      metrics.sourceUp(name, state === 'up');
      if (state !== 'up') log.warn(`Log file of ${node}: ${detail}`);
      else log.info(`Log file of ${node}: follows ${path}.`);
    }
    current = { state, detail };
  };

  function begin(from: Partial<Pick<ReadingOptions, 'isInMiddle' | 'before'>>): Reading {
    return createReading({
      node,
      zone,
      trustSenderClock: deps.trustSenderClock,
      offset: follower?.offset() ?? 0,
      isInMiddle: false,
      onUnknown: () => metrics.damaged(name, 'no_record', node),
      ...from,
    });
  }

  /** Settles as `start` says, or when stopped. No race with one promise of the source's life: it would keep every loser. */
  const untilWoken = (start: (resolve: () => void, reject: (error: unknown) => void) => void): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    wake = resolve;
    if (isStopped) resolve();
    start(resolve, reject);
    return promise;
  };

  const pause = async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    await untilWoken((resolve) => {
      timer = setTimeout(resolve, pollMs);
    });
    clearTimeout(timer);
  };

  const mark = (): void => {
    const position = follower?.position(reading.pending());
    if (position !== undefined) bookmark?.reached(position);
  };

  const publish = async (events: readonly LogLineSeen[]): Promise<void> => {
    if (events.length > 0) {
      lastSeenMs = now();
      metrics.received(name, 'log', events.length);
      countScrubbed(metrics);
      // A full bus must not keep the source from stopping: what it did not take is read again the next time.
      await untilWoken((resolve, reject) => {
        bus.publish(events).then(resolve, reject);
      });
    }
    if (!isStopped) mark();
  };

  /** Takes one step; true when there may be more at once. */
  const take = async (step: Step): Promise<boolean> => {
    switch (step.kind) {
      case 'bytes':
        grewAt = performance.now();
        await publish(reading.push(step.bytes, nowUs()));
        break;
      case 'resumed':
        reading = begin({ before: step.before });
        mark();
        break;
      case 'begins':
        await publish(reading.flush(nowUs()));
        if (step.where === 'lost')
          log.warn(`Log file of ${node}: the file read last is gone; lines before ${path} may be missing.`);
        reading = begin({ isInMiddle: step.where === 'middle' });
        mark();
        break;
      case 'absent':
        await flushWhenQuiet();
        enter('connecting', `Waits for ${path}: there is no such file.`);
        return false;
      case 'idle':
        await flushWhenQuiet();
    }
    enter('up', `Follows ${path}, read up to byte ${follower?.offset() ?? 0}.`);
    return step.kind !== 'idle';
  };

  const flushWhenQuiet = async (): Promise<void> => {
    if (reading.pending() === 0) return;
    const silentMs = performance.now() - grewAt;
    if (silentMs >= (reading.isMidLine() ? quietMs : settleMs)) await publish(reading.flush(nowUs()));
  };

  const fail = async (error: unknown): Promise<void> => {
    enter('down', `${path} cannot be read: ${reasonOf(error)}`);
    const old = follower;
    // From the last line that was taken on, with a new descriptor: that of a file on NFS may have become stale.
    follower = createFollower({ path, from: bookmark?.last(), firstBytes });
    reading = begin({});
    await old?.close();
  };

  const run = async (): Promise<void> => {
    const place = await openBookmark({
      file: openPositionFile(deps.stateDir, path, node),
      bus,
      everyMs: saveMs,
      finishMs: stopMs,
      onFailure: (error) => log.warn(`Log file of ${node}: the place in ${path} is not remembered: ${reasonOf(error)}`),
    });
    bookmark = place;
    follower = createFollower({ path, from: place.last(), firstBytes });
    while (!isStopped) {
      let hasMore = false;
      try {
        hasMore = await take(await follower.next());
      } catch (error) {
        if (!isStopped) await fail(error);
      }
      place.saveNowAndThen();
      if (!hasMore) await pause();
    }
    await follower.close();
    await place.finish();
  };

  const stop = async (): Promise<void> => {
    isStopped = true;
    wake();
    if (running === undefined) return;
    await running;
    metrics.sourceUp(name, false);
    current = { state: 'down', detail: `Stopped following ${path}.` };
  };

  return {
    async start() {
      metrics.sourceUp(name, false);
      running ??= run();
    },
    stop: () => (stopping ??= stop()),
    state: () => ({ name, ...current, lastSeenMs }),
  };
}
