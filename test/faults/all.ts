import type { Fault } from './fault.ts';
import { brokerAway } from './scenes/broker.ts';
import { clockSteps } from './scenes/clock.ts';
import { journalDiskFull, storeDiskFull } from './scenes/disk.ts';
import { engineKilled, storeHangs } from './scenes/engine.ts';
import { killed } from './scenes/killed.ts';
import { replyLost, storeAway } from './scenes/network.ts';
import { rolesKilled } from './scenes/roles.ts';
import { deliveredTwice } from './scenes/twice.ts';

/** In the order in which they are tried: of one process first, then of several with Kafka between them. */
export const FAULTS: readonly Fault[] = [
  killed,
  engineKilled,
  storeHangs,
  storeAway,
  replyLost,
  journalDiskFull,
  storeDiskFull,
  deliveredTwice,
  clockSteps,
  rolesKilled,
  brokerAway,
];
