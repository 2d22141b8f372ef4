/**
 * A step and a lane as far as drawing needs them: what `GET /api/calls/{key}/ladder` answers has these fields and more,
 * so both the answer as it is made and the answer as the page reads it will do. Times are epoch µs.
 */

export interface LadderLane {
  readonly id: string;
  /** The host's name where one is known, else its address. */
  readonly name: string;
  readonly addresses: readonly string[];
}

export interface LadderStep {
  readonly id: string;
  readonly kind: 'message' | 'event' | 'log' | 'gap';
  readonly atUs: number;
  /** Lane id; for an event, log line or gap the lane that it happened on. */
  readonly from: string | null;
  readonly to: string | null;
  readonly title: string;
  readonly detail: string;
  readonly callId: string | null;
  readonly channel: string | null;
  readonly status: number | null;
  /** Of a request, and of the request that a response answers; null where none is known. */
  readonly method: string | null;
  /** A report about media, such as RTCP, and no SIP message. */
  readonly media: boolean;
  /** 0 console … 7 debug */
  readonly level: number | null;
  readonly retransmission: boolean;
  /** Why the message could not be read in full, "" when it could. */
  readonly flaw: string;
}

/** The method that a message is about, a response's by its CSeq; undefined for what is no SIP message. */
export function methodOf({ kind, media, method, status, detail }: LadderStep): string | undefined {
  if (kind !== 'message' || media) return undefined;
  return method ?? (status === null || detail === '' ? undefined : detail);
}
