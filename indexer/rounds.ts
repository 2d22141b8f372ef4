/** Work that is done again and again, one round after the other, until it is stopped. */
export interface Rounds {
  /** The first round begins after a pause. */
  start(): void;
  /** The first round begins now. */
  startNow(): void;
  /** A long round looks here whether it may end early. */
  stopped(): boolean;
  /** Resolves when the round that goes on has ended. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * @param round tells of its own failures: a round that throws is the last
 * @param pauseMs from the end of one to the beginning of the next
 */
export function createRounds(round: () => Promise<unknown>, pauseMs: number): Rounds {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  const wait = (): void => {
    timer = setTimeout(run, pauseMs);
  };
  const loop = async (): Promise<void> => {
    await round();
    if (!stopped) wait();
  };
  const run = (): void => {
    running = loop();
  };
  return {
    start: wait,
    startNow: run,
    stopped: () => stopped,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
