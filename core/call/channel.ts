import type { Party } from './types.ts';

/** What the events of one channel say about it. Times are epoch µs. */
export interface Channel {
  readonly uuid: string;
  readonly node: string;
  readonly coreUuids: readonly string[];
  /** Channel-Name, "%2B" read as "+". */
  readonly name: string;
  readonly direction: 'inbound' | 'outbound' | '';
  readonly from: Party;
  readonly to: Party;
  readonly startedUs: number;
  readonly lastUs: number;
  readonly ringingUs?: number;
  readonly answeredUs?: number;
  readonly endedUs?: number;
  readonly hangupCause?: string;
  /** send_bye, recv_bye, send_cancel, recv_cancel, send_refuse, recv_refuse */
  readonly disposition: string;
  /** The far side under the name that the switch's own configuration has for it: a gateway, an endpoint. */
  readonly gateway?: string;
  /** Address of the far side, without port, where the events tell it. */
  readonly farAddress?: string;
}
