import type { Check } from '../check.ts';
import { amiTime } from './ami-time.ts';
import { asteriskCallIds } from './asterisk-call-ids.ts';
import { captureId } from './capture-id.ts';
import { carriedHeader } from './carried-header.ts';
import { clock } from './clock.ts';
import { conferenceEvents } from './conference-events.ts';
import { correlationId } from './correlation-id.ts';
import { disguised } from './disguised.ts';
import { hepTime } from './hep-time.ts';
import { logLevel } from './log-level.ts';
import { mediaReports } from './media-reports.ts';
import { proxyLog } from './proxy-log.ts';
import { switchEvents } from './switch-events.ts';
import { tracedTwice } from './traced-twice.ts';
import { transferEvents } from './transfer-events.ts';
import { uuidAsCallId } from './uuid-as-call-id.ts';

/** In the order in which they are told: what joins calls first. */
export const CHECKS: readonly Check[] = [
  switchEvents,
  carriedHeader,
  asteriskCallIds,
  disguised,
  uuidAsCallId,
  captureId,
  hepTime,
  clock,
  tracedTwice,
  correlationId,
  amiTime,
  logLevel,
  transferEvents,
  conferenceEvents,
  mediaReports,
  proxyLog,
];
