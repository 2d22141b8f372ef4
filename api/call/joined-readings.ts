import { onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import type { FinderWishes, OpenCall } from './finder.ts';

/**
 * The page asks for a call, its ladder and its diagnosis in one moment, and a dashboard for its panels: each is made of the
 * same thousands of rows.
 */

type Read = (key: string, wishes: Required<FinderWishes>, options: SelectOptions) => Promise<OpenCall | undefined>;

interface Reading {
  readonly answer: Promise<OpenCall | undefined>;
  readonly beganMs: number;
  /** Who does not wait any longer does not end it for the others. */
  readonly controller: AbortController;
  waiting: number;
}

/**
 * So long after it began a reading is joined, in ms: questions that belong together come within it, and nobody who was told
 * that something new is stored is answered with what was read before.
 */
const JOIN_MS = 100;

/** @param read is called once for all who ask the same within {@link JOIN_MS}, as far as they may see the same calls */
export function createJoinedReadings(read: Read, now: () => number = () => performance.now()): Read {
  const running = new Map<string, Reading>();

  function begin(name: string, key: string, wishes: Required<FinderWishes>, options: SelectOptions): Reading {
    const controller = new AbortController();
    // What is hidden from whoever asks, and noted for him, is not of the reading.
    const only = onlyOf(options);
    const sight = only === undefined ? {} : { only };
    const reading: Reading = {
      answer: read(key, wishes, { ...options, ...{ sight, signal: controller.signal } }),
      ...{ beganMs: now(), controller, waiting: 0 },
    };
    running.set(name, reading);
    const forget = (): void => {
      if (running.get(name) === reading) running.delete(name);
    };
    reading.answer.then(forget, forget);
    return reading;
  }

  /** The first reading of these names that is still joined. */
  const joinable = (names: readonly string[]): Reading | undefined => {
    const found = names.map((name) => running.get(name)).find((reading) => reading !== undefined);
    const isJoinable = found !== undefined && !found.controller.signal.aborted && now() - found.beganMs <= JOIN_MS;
    return isJoinable ? found : undefined;
  };

  return (key, wishes, options) => {
    options.signal?.throwIfAborted();
    const name = nameOf(key, wishes, options);
    // One that reads the log lines as well has all that others want.
    const names = wishes.logs ? [name] : [nameOf(key, { ...wishes, logs: true }, options), name];
    const reading = joinable(names) ?? begin(name, key, wishes, options);
    return waitFor(reading, options.signal);
  };
}

const nameOf = (key: string, { guesses, logs }: Required<FinderWishes>, options: SelectOptions): string =>
  JSON.stringify([key, guesses, logs, options.maxSeconds, onlyOf(options)?.names, onlyOf(options)?.nodes]);

/** Rejects as soon as `signal` is aborted, and aborts the reading when nobody waits for it any more. */
function waitFor(reading: Reading, signal: AbortSignal | undefined): Promise<OpenCall | undefined> {
  reading.waiting += 1;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reading.waiting -= 1;
      if (reading.waiting === 0) reading.controller.abort(signal?.reason);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    const done = (): void => signal?.removeEventListener('abort', leave);
    reading.answer.then(resolve, reject).finally(done);
  });
}
