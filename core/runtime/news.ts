/** Something new lies in the store, with all that is derived of it. */
export interface Word {
  /** When the oldest of it arrived, in epoch µs. */
  readonly sinceUs: number;
  /** Names of the tables that have it. */
  readonly tables: ReadonlySet<string>;
}

/**
 * Word from those who store to those who show. Nothing goes this way but the word, so that nobody who listens slows down
 * what is stored.
 */
export interface News {
  stored(word: Word): void;
  /** Whether anybody waits. */
  watched(): boolean;
  watch(): Watcher;
  /** Nobody else writes to the store: where there is no word, there is nothing new. */
  readonly complete: boolean;
}

export interface Watcher {
  /**
   * Resolves as soon as something was stored since the watcher came or since this resolved last, with all of that as one
   * word; with undefined after `ms` without any, and when the signal aborts.
   */
  next(ms: number, signal: AbortSignal): Promise<Word | undefined>;
  /** Waits no longer. Safe to call twice. */
  end(): void;
}

/** @param complete false where others may write to the same store without a word */
export function createNews(complete: boolean): News {
  const watchers = new Set<(word: Word) => void>();
  return {
    complete,
    stored(word) {
      for (const tell of watchers) tell(word);
    },
    watched: () => watchers.size > 0,
    watch() {
      let unread: Word | undefined;
      let wake = (): void => undefined;
      const tell = (word: Word): void => {
        unread = unread === undefined ? word : both(unread, word);
        wake();
      };
      const wakeUp = (): void => wake();
      watchers.add(tell);
      return {
        async next(ms, signal) {
          if (unread === undefined && !signal.aborted) {
            const { promise, resolve } = Promise.withResolvers<void>();
            const timer = setTimeout(resolve, ms);
            signal.addEventListener('abort', wakeUp);
            wake = resolve;
            await promise;
            clearTimeout(timer);
            signal.removeEventListener('abort', wakeUp);
          }
          const word = unread;
          unread = undefined;
          return word;
        },
        end: () => void watchers.delete(tell),
      };
    },
  };
}

const both = (a: Word, b: Word): Word => ({
  sinceUs: Math.min(a.sinceUs, b.sinceUs),
  tables: new Set([...a.tables, ...b.tables]),
});
