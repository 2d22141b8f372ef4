import { authFailed } from './authentication.ts';
import { codecMismatch } from './codecs.ts';
import { failedOver } from './failover.ts';
import { missingAck } from './missing-ack.ts';
import { cancelRace, lostRace } from './races.ts';
import { refused } from './refusal/refused.ts';
import type { Rule } from './rule.ts';
import { callerGaveUp, unanswered } from './unanswered.ts';

/** In the order in which equal ones are told. */
export const RULES: readonly Rule[] = [
  missingAck,
  authFailed,
  codecMismatch,
  refused,
  callerGaveUp,
  unanswered,
  failedOver,
  cancelRace,
  lostRace,
];
