import { createHash } from 'node:crypto';

/**
 * The id of a call as a trace: 32 lower hex digits, the first 12 of them when the call began (unix ms), the rest the first
 * 10 bytes of SHA-256 over whose call it is and its first leg. So the same call has the same id wherever it is computed,
 * and the id alone tells where to look for the call.
 */

export interface TraceOf {
  /** Epoch µs. */
  readonly startedUs: number;
  readonly tenant: string | undefined;
  /** The Call-ID of the first leg; of a call without SIP the UUID of its first channel. */
  readonly firstCallId: string;
}

const START_DIGITS = 12;
const HASH_DIGITS = 20;

export function traceIdOf({ startedUs, tenant, firstCallId }: TraceOf): string {
  const start = Math.floor(startedUs / 1000)
    .toString(16)
    .padStart(START_DIGITS, '0');
  // The NUL keeps tenant and Call-ID apart: the names of tenants are the operator's and hold none.
  const hash = createHash('sha256')
    .update(`${tenant ?? ''}\0${firstCallId}`)
    .digest('hex');
  return start + hash.slice(0, HASH_DIGITS);
}

/** When the call of this trace began, in unix ms. The id must be 32 hex digits. */
export const startMsOf = (traceId: string): number => Number.parseInt(traceId.slice(0, START_DIGITS), 16);
