import { Counter, Gauge, type Registry } from 'prom-client';
import { type Store, StoreError } from './store.ts';

export interface QuestionLimit {
  /** Questions that the store is asked at once. */
  readonly atOnce: number;
  /** That wait for their turn; more are refused at once. */
  readonly waiting: number;
}

/** The embedded engine reads six at once itself: those behind them are soon there, and the indexer's are not behind all. */
export const QUESTION_LIMIT: QuestionLimit = { atOnce: 16, waiting: 512 };

/**
 * The store as people and their programs may ask it: so many questions at once, the others in order, and none that nobody
 * waits for any more. What the indexer and the linker ask does not wait behind them.
 */
export function limitQuestions(store: Store, registry: Registry, limit: QuestionLimit = QUESTION_LIMIT): Store {
  /** In the order of asking. */
  const waiting = new Set<() => void>();
  let running = 0;
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(value());
      },
    });
  };
  gauge('calltrail_questions_running', 'Questions that the store is asked at this moment.', () => running);
  gauge('calltrail_questions_waiting', 'Questions that wait for their turn.', () => waiting.size);
  const refused = new Counter({
    name: 'calltrail_questions_refused_total',
    help: 'Questions that were refused as too many waited already.',
    registers,
  });

  const turn = (signal: AbortSignal | undefined): Promise<void> => {
    if (running < limit.atOnce) {
      running += 1;
      return Promise.resolve();
    }
    if (waiting.size >= limit.waiting) {
      refused.inc();
      return Promise.reject(new StoreError('unreachable', `${limit.waiting} questions wait already`));
    }
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener('abort', withdraw);
        resolve();
      };
      const withdraw = (): void => {
        waiting.delete(begin);
        reject(new StoreError('aborted', 'the request was withdrawn'));
      };
      waiting.add(begin);
      signal?.addEventListener('abort', withdraw, { once: true });
    });
  };
  const ended = (): void => {
    const [next] = waiting;
    if (next === undefined) {
      running -= 1;
      return;
    }
    waiting.delete(next);
    next();
  };

  return {
    ...store,
    async select<T>(...[sql, params, options]: Parameters<Store['select']>): Promise<T[]> {
      if (options?.signal?.aborted === true) throw new StoreError('aborted', 'the request was withdrawn');
      await turn(options?.signal);
      try {
        return await store.select<T>(sql, params, options);
      } finally {
        ended();
      }
    },
  };
}
