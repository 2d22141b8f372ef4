import { describe, expect, it } from 'vitest';
import { type CallLine, packCallLine, readCallLine } from '../../../core/call/call-line.ts';

const T0 = 1_763_720_498_752_001;

const whole: CallLine = {
  id: 'a@h',
  startedUs: T0,
  untilUs: T0 + 64_000_000,
  ringingUs: T0,
  answeredUs: T0 + 9_400_000,
  endedUs: T0 + 64_000_000,
  method: 'INVITE',
  from: { number: '+4930', name: 'Alice "A\\" \n\u0000 Müller' },
  to: { number: '0', name: '' },
  outcome: 'answered',
  finalStatus: 200,
  hangupCause: 'NORMAL_CLEARING',
  hungUpBy: 'callee',
  attempts: { total: 3, failed: 1 },
  legs: 4,
  callIds: ['first@h', 'a@h', '0', ''],
  channelUuids: ['a@h', 'b4169557'],
  nodes: ['edge1', 'fs1'],
  tenant: 'acme',
  truncated: true,
};

describe('the line of a call', () => {
  it('is the same call when it is read again', () => {
    expect(readCallLine(whole.id, packCallLine(whole))).toEqual(whole);
  });

  it('does not say what is not known', () => {
    const { ringingUs, answeredUs, endedUs, finalStatus, hangupCause, hungUpBy, tenant, ...rest } = whole;
    const unknown: CallLine = { ...rest, outcome: 'in_progress', callIds: [], channelUuids: [], truncated: false };
    expect(readCallLine(unknown.id, packCallLine(unknown))).toEqual(unknown);
  });

  it('does not repeat the id that stands beside it', () => {
    expect(packCallLine(whole)).not.toContain('a@h');
  });
});
