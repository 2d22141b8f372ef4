import type { SeenMessage } from '../../call/copies.ts';

/**
 * Something that happened at a host, and so must have been reported by whoever usually reports it there. What nobody saw is a
 * chance as well where other rows prove that it happened.
 */
export interface Chance {
  readonly leg: string;
  /** Kind of message, as habits tell them apart: "INVITE request", "other final". */
  readonly what: What;
  /** Addresses of the host that sent it, as each sensor writes them. */
  readonly from: readonly string[];
  /** Of the one that it was sent to; none where it may never have come there. */
  readonly to: readonly string[];
  /** Sensors; of "channel" switches. */
  readonly seenBy: ReadonlySet<string>;
  /** It happened between these; epoch µs. -Infinity where nothing earlier was seen, Infinity where nothing later was. */
  readonly sinceUs: number;
  readonly untilUs: number;
  /** What proves that it happened. */
  readonly because: readonly SeenMessage[];
}

const METHODS = ['INVITE', 'ACK', 'BYE', 'CANCEL'] as const;
type Method = (typeof METHODS)[number] | 'other';

/**
 * A request, any response, the final one, the ACK of a refusal on one hop; "route": anything of a dialog at a host that stays
 * in it; "dialog": anything of the dialog that a switch's channel speaks; "begin" and "end": INVITE and BYE of a dialog that is known
 * by other messages of it; "next": the request whose CSeq is missing between two others of one sender; "channel": events of a channel that speaks it.
 */
export type What =
  | `${Method} ${'request' | 'response' | 'final' | 'ack'}`
  | 'route'
  | 'dialog'
  | 'begin'
  | 'end'
  | 'next'
  | 'channel';

export const kindOf = (method: string): Method => METHODS.find((one) => one === method) ?? 'other';

export const sensorsOf = (messages: readonly SeenMessage[]): Set<string> =>
  new Set(messages.flatMap(({ copies }) => copies.map(({ sensor }) => sensor)));
