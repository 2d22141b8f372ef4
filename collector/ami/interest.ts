import type { ChannelEventSeen } from '../../core/model/capture-event.ts';
import { headersOf } from '../../core/model/capture-event.ts';

/**
 * The classes of events that tell of calls. Left out: dtmf (people type card numbers and PINs), reporting (RTCP, one of
 * six events of a call), security (one for each login), agi, cc, aoc.
 */
export const EVENT_MASK = 'system,call,agent,user,cdr,dialplan';

/**
 * CEL repeats in its own words what the other events say: in the recordings it is a fifth of all bytes and names no
 * channel and no Call-ID that they do not. RTCP comes over HEP as well, with the reports in it.
 */
const REDUNDANT: ReadonlySet<string> = new Set(['CEL', 'RTCPSent', 'RTCPReceived']);
/** These are of interest although they name no channel. */
const ALWAYS: ReadonlySet<string> = new Set(['Shutdown', 'UserEvent']);

/** True for an event that names a channel or a bridge, by "Uniqueid", "UniqueID" (Cdr), "DestUniqueid", "BridgeUniqueid", … */
export function isWorthStoring({ name, headers }: ChannelEventSeen): boolean {
  if (REDUNDANT.has(name)) return false;
  if (ALWAYS.has(name)) return true;
  return Object.keys(headers).some((key) => /uniqueid$/i.test(key) && headersOf(headers, key).some(isNamed));
}

/** VarSet of a global variable has "Uniqueid: none", OriginateResponse of a failed call "<unknown>". */
const isNamed = (uniqueid: string): boolean => uniqueid !== '' && uniqueid !== 'none' && uniqueid !== '<unknown>';
