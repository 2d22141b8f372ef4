/**
 * SRD, SDD, SDT and SCR of RFC 6076: of calls as `view_sessions`, and which delay an attempt is measured by at /metrics.
 * docs/rates.md has them in words.
 */

/** §4.3.2: 4xx that are no failure of a session. */
const CHALLENGES = [401, 402, 407];
/** A BYE for a dialog that is no more: the other side had hung up as well, and said so (RFC 3261 §15.1.2). */
const GONE = 481;
/** Timer F, 64 × T1: when a BYE is given up (§4.5.2); µs. */
const TIMER_F_US = 32_000_000;

/** Whether a session ended in a failure to set it up, by the status of its final response; NaN for none. */
export const isFailedSetup = (status: number): boolean => status >= 400 && !CHALLENGES.includes(status);

/**
 * A row is a call, measured at the leg that began it. Of one that an earlier version put together trunk, direction, node and
 * prefix are '' and what needs an answer to the BYE is NULL. Places in `line` are those of core/call/call-line.ts.
 */
export function sessionsView(): string {
  return `CREATE OR REPLACE VIEW view_sessions DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT
  id,
  since AS at,
  tenant,
  JSONExtractString(line, 23, 4) AS trunk,
  JSONExtractString(line, 23, 6) AS node,
  JSONExtractString(line, 23, 5) AS direction,
  JSONExtractString(line, 23, 7) AS prefix,
  outcome,
  nullIf(calls.final_status, 0) AS final_status,
  calls.answered > toDateTime64(0, 6, 'UTC') AS established,
  calls.ended > toDateTime64(0, 6, 'UTC') AS over,
  JSONExtract(line, 23, 2, 'Nullable(UInt16)') AS bye_status,
  multiIf(NOT established OR NOT over, 0, isNull(bye_status), NULL,
    bye_status BETWEEN 200 AND 299 OR bye_status = ${GONE}, 1, calls.final_status = 0, 1, 0) AS completed,
  JSONExtract(line, 3, 'Nullable(Int64)') AS ringing_us,
  JSONExtract(line, 4, 'Nullable(Int64)') AS answered_us,
  JSONExtract(line, 5, 'Nullable(Int64)') AS ended_us,
  JSONExtract(line, 23, 1, 'Nullable(Int64)') AS final_us,
  if(established, coalesce(ringing_us, answered_us), NULL) / 1000000 AS srd_seconds,
  if(NOT established AND calls.final_status >= 400 AND calls.final_status NOT IN (${CHALLENGES.join(', ')}),
    coalesce(ringing_us, final_us), NULL) / 1000000 AS failed_srd_seconds,
  if(bye_status BETWEEN 200 AND 299, JSONExtract(line, 23, 3, 'Nullable(Int64)') - ended_us, NULL) / 1000000
    AS sdd_seconds,
  if(established AND completed, ended_us - answered_us, NULL) / 1000000 AS sdt_seconds,
  if(established AND over AND bye_status = 0 AND calls.final_status > 0, ended_us + ${TIMER_F_US} - answered_us, NULL)
    / 1000000 AS failed_sdt_seconds
FROM calls FINAL
WHERE gone = 0 AND method = 'INVITE'`;
}
