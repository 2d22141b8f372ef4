import { createHash } from 'node:crypto';

/** What a trace id is made of. */
export interface TraceIdOf {
  /** Beginning of the call, epoch µs. */
  readonly startedUs: number;
  readonly tenant: string | undefined;
  /** Identifier of the call's first leg. */
  readonly firstCallId: string;
}

/**
 * The trace id of a call as 32 lower-case hex digits: 6 bytes epoch ms of its beginning, then the first 10 bytes of the
 * SHA-256 of tenant and Call-ID. The same call has the same id wherever it is asked for, and the moment in it leads to the
 * call although nobody says when it was.
 */
export function traceIdOf({ startedUs, tenant, firstCallId }: TraceIdOf): string {
  const ms = Math.floor(startedUs / 1000);
  const hash = createHash('sha256')
    .update(`${tenant ?? ''}\0${firstCallId}`)
    .digest('hex');
  return ms.toString(16).padStart(12, '0') + hash.slice(0, 20);
}

/** The epoch ms in which the call of this trace id began. */
export const startMsOf = (traceId: string): number => Number.parseInt(traceId.slice(0, 12), 16);
