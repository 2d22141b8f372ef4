import type { Sighting } from '../../../core/clock/homes.ts';
import type { Random } from '../../generate/random.ts';

/** How far the switch's clock is ahead of the proxy's at a moment: what nobody knows. All in µs. */
export interface Truth {
  readonly offsetUs: number;
  readonly driftPpm: number;
  readonly step: { readonly atUs: number; readonly byUs: number } | undefined;
}

export const aheadAt = ({ offsetUs, driftPpm, step }: Truth, us: number): number =>
  offsetUs + (us - BEGIN_US) * driftPpm * 1e-6 + (step !== undefined && us >= step.atUs ? step.byUs : 0);

export const BEGIN_US = 1_795_000_000_000_000;
export const HOUR_US = 3_600_000_000;
const PROXY = { sensor: 'proxy', ip: '192.0.2.1' };
const SWITCH = { sensor: 'switch', ip: '192.0.2.9' };
/** Of packets on the wire, and of what sensors send. */
const LOSS = 0.05;
/** RFC 3261 T1. */
const AGAIN_US = 500_000;

/**
 * What two sensors of a proxy and a switch report in an hour of calls between them, each by its own clock: packets take
 * different times in both directions, some are lost and sent again, some are not captured.
 */
export function sightingsOf(truth: Truth, random: Random): Sighting[] {
  const seen: Sighting[] = [];
  let digest = 0;
  const wayUs = (): number => 50 + random.next() ** 4 * 30_000;
  const capture = (at: typeof PROXY, us: number, message: Omit<Sighting, 'sensor' | 'atUs' | 'arrivedUs'>): void => {
    if (random.chance(LOSS)) return;
    const atUs = Math.round(us + (at === SWITCH ? aheadAt(truth, us) : 0));
    seen.push({ ...message, sensor: at.sensor, atUs, arrivedUs: Math.round(us + wayUs()) });
  };
  /** Sends until it has arrived; answers with the moment of each. */
  const send = (
    from: typeof PROXY,
    to: typeof PROXY,
    us: number,
    message: Exchange,
  ): { sentUs: number; gotUs: number } => {
    const row = { ...message, digest: String(digest++), srcIp: from.ip, dstIp: to.ip };
    for (let sentUs = us; ; sentUs += AGAIN_US) {
      capture(from, sentUs, row);
      const gotUs = sentUs + wayUs();
      if (random.chance(LOSS)) continue;
      capture(to, gotUs, row);
      return { sentUs, gotUs };
    }
  };
  const ask = (
    from: typeof PROXY,
    to: typeof PROXY,
    us: number,
    exchange: Exchange,
    waits: readonly number[],
  ): number => {
    let lastUs = send(from, to, us, exchange).gotUs;
    for (const [i, waitUs] of waits.entries()) {
      lastUs = send(to, from, lastUs + waitUs, {
        ...exchange,
        status: i === waits.length - 1 ? 200 : 100 + i * 80,
      }).gotUs;
    }
    return lastUs;
  };
  for (let us = BEGIN_US, call = 0; us < BEGIN_US + HOUR_US; us += random.int(2_000_000, 20_000_000), call++) {
    const [from, to] = random.chance(0.5) ? [PROXY, SWITCH] : [SWITCH, PROXY];
    const callId = `call-${call}`;
    const invite = { callId, cseq: 1, cseqMethod: 'INVITE', status: 0 };
    const answered = ask(from, to, us, invite, [300, random.int(10_000, 400_000), random.int(500_000, 30_000_000)]);
    const [closing, other] = random.chance(0.5) ? [from, to] : [to, from];
    ask(
      closing,
      other,
      answered + random.int(1_000_000, 60_000_000),
      { ...invite, cseq: 2, cseqMethod: 'BYE' },
      [2_000],
    );
    // Something else that each of them sees shows where it is.
    const third = { callId, cseq: 9, cseqMethod: 'OPTIONS', status: 0, digest: String(digest++) };
    capture(PROXY, us, { ...third, srcIp: '198.51.100.7', dstIp: PROXY.ip });
    capture(SWITCH, us, { ...third, digest: String(digest++), srcIp: SWITCH.ip, dstIp: '198.51.100.8' });
  }
  return seen;
}

type Exchange = Pick<Sighting, 'callId' | 'cseq' | 'cseqMethod' | 'status'>;
