import { type Check, type Finding, LEAST } from '../check.ts';
import type { SensorSeen } from '../site.ts';

const OFF_US = 50_000;
/** What is older than that when it comes was kept somewhere, or is a recording that is played. */
const PLAYED_US = 3_600_000_000;

/** A packet cannot come before it was sent, and the quickest one of many comes in no time. */
export const clock: Check = {
  id: 'clock',
  title: 'The clock of the sender',
  weight: 'needed',
  why: 'A reply stands before its request on the ladder, and delays between two sensors are wrong by as much.',
  remedies: [
    { system: 'host', file: 'the box itself', lines: 'apt-get install chrony && chronyc tracking' },
    { system: 'FreeSWITCH', file: 'fs_cli, after its clock was set', lines: 'fsctl sync_clock' },
  ],
  look: ({ sensors }) => sensors.flatMap(findingOf),
};

function findingOf({ name, software, messages }: SensorSeen): Finding[] {
  const delays = messages.filter(({ atUs, arrivedUs }) => atUs !== arrivedUs).map((one) => one.arrivedUs - one.atUs);
  if (delays.length === 0) return [];
  const least = Math.min(...delays);
  const played = Math.abs(least) >= PLAYED_US;
  const saw = played
    ? 'packets that are older than an hour when they come: a recording?'
    : `the quickest of ${delays.length} messages came ${(least / 1000).toFixed(1)} ms after it was sent`;
  const state = delays.length < LEAST || played ? 'unknown' : Math.abs(least) > OFF_US ? 'missing' : 'fine';
  return [{ of: name, state, saw, software }];
}
