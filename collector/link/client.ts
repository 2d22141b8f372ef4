import type { Bus } from '../../core/bus/bus.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { BackoffLimits } from './backoff.ts';

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
}
