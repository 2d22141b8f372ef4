import type { Metrics } from '../../core/runtime/metrics.ts';
import { SECRET_KINDS, type Secret, type SecretKind } from './secret.ts';

/** What this thread has blanked since somebody last asked: a step of the counters a batch, not one a secret. */
const counts: Record<SecretKind, number> = { sip_credentials: 0, media_key: 0, dtmf: 0, password: 0 };
let any = false;

export function tally(secrets: readonly Secret[]): void {
  for (const { kind } of secrets) counts[kind] += 1;
  any ||= secrets.length > 0;
}

/** Hands over what was tallied. */
export function countScrubbed(metrics: Pick<Metrics, 'scrubbed'>): void {
  if (!any) return;
  any = false;
  for (const kind of SECRET_KINDS) {
    if (counts[kind] > 0) metrics.scrubbed(kind, counts[kind]);
    counts[kind] = 0;
  }
}
