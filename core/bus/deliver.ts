import type { CaptureEvent } from '../model/capture-event.ts';

export type Consume = (batch: readonly CaptureEvent[]) => Promise<void>;

export interface DeliveryOptions {
  /** Pause before a rejected batch comes again; doubles up to 50 times that; default 100. */
  readonly retryMs?: number;
  /** Told why a batch was not taken, each time; the batch comes again. */
  readonly onReject?: (error: unknown) => void;
}

/** Hands batches over, each until it is taken. */
export interface Delivery {
  /** False when it was given up. */
  deliver(take: Consume, batch: readonly CaptureEvent[]): Promise<boolean>;
  /** Whether the last try was rejected: the store is away, or says no. */
  failing(): boolean;
  giveUp(): void;
}

export function createDelivery({ retryMs = 100, onReject }: DeliveryOptions, countRetry: () => void): Delivery {
  let gaveUp = false;
  let failing = false;
  let endPause = () => {};
  return {
    async deliver(take, batch) {
      for (let ms = retryMs; !gaveUp; ms = Math.min(ms * 2, retryMs * 50)) {
        try {
          await take(batch);
          failing = false;
          return !gaveUp;
        } catch (error) {
          failing = true;
          countRetry();
          onReject?.(error);
          await pause(ms * (0.5 + Math.random() / 2), (end) => {
            endPause = end;
          });
        }
      }
      return false;
    },
    failing: () => failing,
    giveUp() {
      gaveUp = true;
      endPause();
    },
  };
}

/** Waits so long, or until the function that `ending` gets is called. */
export async function pause(ms: number, ending: (end: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  ending(resolve);
  await promise;
  clearTimeout(timer);
}
