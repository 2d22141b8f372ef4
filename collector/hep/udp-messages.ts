import type { CaptureEvent } from '../../core/model/capture-event.ts';
import type { UnknownSender } from '../../core/runtime/unknown-sender.ts';
import type { DoorRules } from './door.ts';
import type { HostPort } from './hep-source.ts';

/** Asked of the kernel. At 60 000 packets a second this is 100 ms in which the thread may not be running. */
export const RECEIVE_BUFFER = 8 * 1024 * 1024;

/** What the thread that receives is given when it is started. */
export interface ReceiverSetup {
  readonly listen: HostPort;
  readonly rules: DoorRules;
  readonly trustSenderClock: boolean;
}

export type ToReceiver =
  /** Hand over what is gathered; answered by `flushed`. */
  | { readonly type: 'flush'; readonly number: number }
  | { readonly type: 'rules'; readonly rules: DoorRules }
  | { readonly type: 'stop' };

/** One step of a counter, as core/runtime/metrics.ts has them. */
export interface Counted {
  readonly counter: 'received' | 'rejected' | 'damaged' | 'scrubbed';
  readonly reason: string;
  readonly sender: string;
  readonly count: number;
}

export type FromReceiver =
  | { readonly type: 'listening'; readonly at: HostPort; readonly receiveBuffer: number }
  | { readonly type: 'failed'; readonly error: Error; readonly code: string }
  | {
      readonly type: 'events';
      readonly events: readonly CaptureEvent[];
      readonly counted: readonly Counted[];
      readonly strangers: readonly UnknownSender[];
    }
  | { readonly type: 'dropped'; readonly count: number }
  | { readonly type: 'trouble'; readonly sentence: string }
  | { readonly type: 'flushed'; readonly number: number }
  | { readonly type: 'stopped' };
