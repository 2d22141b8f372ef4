import type { SearchAnswer } from '../api.ts';
import { request } from '../request.ts';

/** From an answer to the next question, and the longest while nobody answers. */
const AGAIN_MS = 2000;
const LONGEST_MS = 30_000;

export interface Live {
  start(): void;
  stop(): void;
  /** Asks at once, when it is on. */
  hurry(): void;
  /** Why the last question was not answered. */
  readonly problem: string | undefined;
}

/**
 * Asks the same question again and again, one at a time, and not while the tab is hidden. While no answer comes the pauses
 * grow.
 */
export function createLive(address: () => string, answered: (answer: SearchAnswer) => void, changed: () => void): Live {
  let running: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = AGAIN_MS;
  let problem: string | undefined;

  async function ask(mine: AbortController): Promise<void> {
    clearTimeout(timer);
    // Looked at again when the tab is shown.
    if (document.hidden) return;
    try {
      const answer = await request<SearchAnswer>(address(), mine.signal);
      if (running !== mine) return;
      problem = answer.ok ? undefined : answer.message;
      pauseMs = answer.ok ? AGAIN_MS : Math.min(LONGEST_MS, pauseMs * 2);
      if (answer.ok) answered(answer.value);
      changed();
    } catch (error) {
      if (!mine.signal.aborted) throw error;
    }
    if (running === mine) timer = setTimeout(() => void ask(mine), pauseMs);
  }

  function start(): void {
    stop();
    running = new AbortController();
    timer = setTimeout(hurry, AGAIN_MS);
  }

  function stop(): void {
    clearTimeout(timer);
    running?.abort();
    running = undefined;
    problem = undefined;
    pauseMs = AGAIN_MS;
  }

  function hurry(): void {
    if (running === undefined) return;
    running.abort();
    running = new AbortController();
    void ask(running);
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) hurry();
  });

  return {
    start,
    stop,
    hurry,
    get problem() {
      return problem;
    },
  };
}
