/** Who waits for room, and who for everything so far to be consumed. */
export interface Waiters {
  forRoom(): Promise<void>;
  /** @param upTo events published so far, ever */
  forConsumed(upTo: number): Promise<void>;
  isAwaited(): boolean;
  roomMade(): void;
  consumed(upTo: number): void;
}

export function createWaiters(): Waiters {
  let room: (() => void)[] = [];
  let drains: { readonly upTo: number; readonly resolve: () => void }[] = [];
  return {
    forRoom: () => new Promise((resolve) => room.push(resolve)),
    forConsumed: (upTo) => new Promise((resolve) => drains.push({ upTo, resolve })),
    isAwaited: () => drains.length > 0,
    roomMade() {
      const all = room;
      room = [];
      for (const resolve of all) resolve();
    },
    consumed(upTo) {
      if (drains.length === 0) return;
      const done = drains.filter((one) => one.upTo <= upTo);
      drains = drains.filter((one) => one.upTo > upTo);
      for (const { resolve } of done) resolve();
    },
  };
}
