import type { Bus } from '../../core/bus/bus.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { Source } from '../../core/runtime/source.ts';
import type { BackoffLimits } from './backoff.ts';
import type { GapStream } from './gap.ts';
import type { Missing } from './link.ts';

/** What every source needs that is a client of a switch. */
export interface ClientDeps {
  readonly trustSenderClock: boolean;
  readonly bus: Bus;
  readonly metrics: Metrics;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Epoch milliseconds, may have a fraction. */
  readonly now?: () => number;
  /** 0 ≤ x < 1 */
  readonly random?: () => number;
  readonly backoff?: BackoffLimits;
  /** What a source before this one, of the same switch, has missed: it is stopped by then. */
  readonly missed?: () => Missed;
}

/** By stream, what was not heard of a switch and is not noted yet. */
export type Missed = Partial<Readonly<Record<GapStream, Missing>>>;

/** A source whose work another one can take over: with a new address or password of the same switch. */
export interface NodeSource extends Source {
  /** Once stopped. */
  missed(): Missed;
}
