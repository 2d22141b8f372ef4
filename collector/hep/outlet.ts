import type { CaptureEvent } from '../../core/model/capture-event.ts';
import type { HepIntake } from './intake.ts';

/** A frame that is not full is passed on after this long: a quiet sender's packet is not kept waiting. */
const LINGER_MS = 50;

/** Where packets leave a listener: a full frame at once, one that is not full a little later. */
export interface Outlet {
  /** Something was read. Resolves, when the last frame was passed on, with what `publish` said of it. */
  passed(): Promise<boolean>;
  /** Passes on what waits. */
  flush(): Promise<boolean>;
}

/** @param publish hands events to the bus; false when the bus took them not, which it has counted */
export function createOutlet(intake: HepIntake, publish: (events: CaptureEvent[]) => Promise<boolean>): Outlet {
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<boolean> = Promise.resolve(true);

  const flush = (): Promise<boolean> => {
    clearTimeout(timer);
    timer = undefined;
    if (intake.waiting() > 0) last = publish(intake.take());
    return last;
  };

  return {
    passed() {
      if (intake.full()) return flush();
      if (intake.waiting() > 0) timer ??= setTimeout(() => void flush(), LINGER_MS);
      return last;
    },
    flush,
  };
}
