import { natAddressLeak } from './address-leak.ts';
import { authFailed } from './authentication.ts';
import { codecMismatch } from './codecs.ts';
import { wrongContext } from './context.ts';
import { dtmfProblem } from './digits.ts';
import { announcementThenFailure } from './early-media.ts';
import { encryptionMismatch } from './encryption.ts';
import { dialogLost, namedEnding, sessionTimerExpired } from './endings.ts';
import { failedOver } from './failover.ts';
import { falseAnswer } from './false-answer.ts';
import { interrupted } from './interrupted.ts';
import { missingAck } from './missing-ack.ts';
import { oneWayAudio } from './one-way-audio.ts';
import { poorQuality } from './poor-quality.ts';
import { cancelRace, lostRace } from './races.ts';
import { refused } from './refusal/refused.ts';
import { answerNotReceived, retransmissionStorm } from './repeats.ts';
import type { Rule } from './rule.ts';
import { hungUpBySwitch } from './switch-ends.ts';
import { messageTooBig } from './too-big.ts';
import { callerGaveUp, unanswered } from './unanswered.ts';

/** In the order in which equal ones are told. */
export const RULES: readonly Rule[] = [
  missingAck,
  answerNotReceived,
  natAddressLeak,
  interrupted,
  dialogLost,
  namedEnding,
  sessionTimerExpired,
  hungUpBySwitch,
  authFailed,
  codecMismatch,
  encryptionMismatch,
  messageTooBig,
  wrongContext,
  announcementThenFailure,
  refused,
  callerGaveUp,
  unanswered,
  failedOver,
  cancelRace,
  lostRace,
  oneWayAudio,
  poorQuality,
  dtmfProblem,
  falseAnswer,
  retransmissionStorm,
];
