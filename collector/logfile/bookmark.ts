import type { Bus } from '../../core/bus/bus.ts';
import type { Position, PositionFile } from './position.ts';

/** Keeps the place up to which everything is stored. */
export interface Bookmark {
  /** Everything before it was handed to the bus. */
  reached(position: Position): void;
  /** The last place reached, stored or not. */
  last(): Position | undefined;
  /** Writes it down when it is time to, without making the caller wait. */
  saveNowAndThen(): void;
  /** Writes it down for the last time, or gives up when the store takes too long: the lines will be read again. */
  finish(): Promise<void>;
}

export interface BookmarkOptions {
  readonly file: PositionFile;
  readonly bus: Pick<Bus, 'drained'>;
  readonly everyMs: number;
  readonly finishMs: number;
  readonly onFailure: (error: unknown) => void;
}

/** Begins with the place that an earlier run wrote down. */
export async function openBookmark(options: BookmarkOptions): Promise<Bookmark> {
  const { file, bus, onFailure } = options;
  let last: Position | undefined;
  try {
    last = await file.read();
  } catch (error) {
    onFailure(error);
  }
  let saved = last;
  let saving: Promise<void> | undefined;
  let triedAt = performance.now();
  let isFinished = false;

  const save = async (): Promise<void> => {
    const position = last;
    if (position === undefined || position === saved) return;
    // Taken by the bus is not stored yet: what a crash loses in between must be read again.
    await bus.drained();
    if (isFinished) return;
    try {
      await file.write(position);
      saved = position;
    } catch (error) {
      onFailure(error);
    }
  };

  return {
    reached(position) {
      last = position;
    },
    last: () => last,
    saveNowAndThen() {
      if (saving !== undefined || performance.now() - triedAt < options.everyMs) return;
      triedAt = performance.now();
      saving = save().finally(() => {
        saving = undefined;
      });
    },
    async finish() {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, options.finishMs);
      await Promise.race([late, (saving ?? Promise.resolve()).then(save)]);
      clearTimeout(timer);
      isFinished = true;
    },
  };
}
