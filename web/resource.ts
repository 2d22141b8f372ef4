import { request } from './request.ts';

/** How long a request may take before the page says that it is waiting. */
const SLOW_MS = 500;

/** One thing that the page shows from the API, the newest request winning. */
export interface Resource<T> {
  readonly value: T | undefined;
  /** A sentence, when the last request failed. */
  readonly problem: string | undefined;
  readonly loading: boolean;
  /** True when the running request has taken longer than half a second. */
  readonly slow: boolean;
  /** True when somebody did not want to wait any longer, until something is asked again. */
  readonly cancelled: boolean;
  /** Asks for `path`; a request that still runs is aborted. The old value stays until the answer is there. */
  load(path: string): Promise<void>;
  /** Aborts what runs, so that the server stops working on it as well, and keeps the value; false when nothing runs. */
  cancel(): boolean;
  /** Aborts what runs and forgets the value. */
  clear(): void;
}

/** `changed` is called whenever one of the fields has changed. */
export function createResource<T>(changed: () => void): Resource<T> {
  let running: AbortController | undefined;
  const now: {
    value: T | undefined;
    problem: string | undefined;
    loading: boolean;
    slow: boolean;
    cancelled: boolean;
  } = {
    value: undefined,
    problem: undefined,
    loading: false,
    slow: false,
    cancelled: false,
  };

  async function load(path: string): Promise<void> {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    now.loading = true;
    now.slow = false;
    now.cancelled = false;
    const timer = setTimeout(() => {
      now.slow = true;
      changed();
    }, SLOW_MS);
    mine.signal.addEventListener('abort', () => clearTimeout(timer));
    changed();
    try {
      const answer = await request<T>(path, mine.signal);
      if (running !== mine) return;
      now.value = answer.ok ? answer.value : undefined;
      now.problem = answer.ok ? undefined : answer.message;
    } catch (error) {
      if (mine.signal.aborted) return;
      throw error;
    } finally {
      clearTimeout(timer);
      if (running === mine) {
        running = undefined;
        now.loading = false;
        now.slow = false;
        changed();
      }
    }
  }

  return {
    get value() {
      return now.value;
    },
    get problem() {
      return now.problem;
    },
    get loading() {
      return now.loading;
    },
    get slow() {
      return now.slow;
    },
    get cancelled() {
      return now.cancelled;
    },
    load,
    cancel() {
      if (running === undefined) return false;
      running.abort();
      running = undefined;
      now.loading = false;
      now.slow = false;
      now.cancelled = true;
      changed();
      return true;
    },
    clear() {
      running?.abort();
      running = undefined;
      now.value = undefined;
      now.problem = undefined;
      now.loading = false;
      now.slow = false;
      now.cancelled = false;
    },
  };
}
