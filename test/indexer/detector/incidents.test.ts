import { describe, expect, it } from 'vitest';
import { leadOf } from '../../../core/alert/incident.ts';
import type { Finding, FindingKind, FindingState } from '../../../core/detect/finding.ts';
import { forgetIncidents, type LiveIncident, SAME_INCIDENT, takeFinding } from '../../../indexer/detector/incidents.ts';

const SITE = { dimension: 'site', name: '' } as const;
const A = { dimension: 'trunk', name: 'carrier-a' } as const;
const B = { dimension: 'trunk', name: 'carrier-b' } as const;

const finding = (minute: number, state: FindingState = 'opened', kind: FindingKind = 'failures'): Finding => ({
  ...{ kind, state, test: kind === 'blind' ? 'sensor' : 'fast', minute, sinceMinute: minute - 1 },
  ...{ failed: 5, attempts: 6, expectedFailed: 0.3, expectedAttempts: 6, score: 12, threshold: 9.5 },
  inputs: {
    ...{ minutes: [], rho: 0, spread: 0.1, leakOdds: 2.2, vanishedShare: 0.1, minFailed: 4 },
    cap: { slow: 12, vanished: 15 },
  },
});

function play(...found: readonly (readonly [typeof SITE | typeof A | typeof B, Finding])[]): LiveIncident[] {
  const all: LiveIncident[] = [];
  const seen = new Set<LiveIncident>();
  for (const [series, one] of found) {
    forgetIncidents(all, one.minute);
    const incident = takeFinding(all, series, one, one.kind === 'blind' ? ['hep 101'] : []);
    if (incident !== undefined) seen.add(incident);
  }
  return [...seen];
}
const names = ({ series }: LiveIncident): string[] => series.map(({ dimension, name }) => `${dimension}:${name}`);

describe('series that open', () => {
  it('within half an hour are one incident, called after the site when that is among them', () => {
    const [one, ...more] = play([A, finding(100)], [SITE, finding(102)], [B, finding(130)]);
    expect(more).toEqual([]);
    expect(names(one!)).toEqual(['site:', 'trunk:carrier-a', 'trunk:carrier-b']);
    expect(one).toMatchObject({ opened: 100, since: 99, state: 'open', closed: -1 });
  });

  it('later on their own are an incident of their own, and are a part of it while the whole site is open', () => {
    const late = 100 + SAME_INCIDENT + 1;
    expect(play([A, finding(100)], [B, finding(late)])).toHaveLength(2);
    expect(play([SITE, finding(100)], [B, finding(late + 60)])).toHaveLength(1);
  });

  it('again within half an hour of the end go on with the same incident, and later with another', () => {
    const closed = [A, finding(120, 'closed')] as const;
    const [again, ...none] = play([A, finding(100)], closed, [A, finding(120 + SAME_INCIDENT)]);
    expect(none).toEqual([]);
    expect(again).toMatchObject({ state: 'open', closed: -1 });
    expect(again!.series).toHaveLength(1);
    expect(play([A, finding(100)], closed, [A, finding(121 + SAME_INCIDENT)])).toHaveLength(2);
  });

  it('close their incident when the last of them has closed, which is accepted when that one was', () => {
    const [open] = play([A, finding(100)], [B, finding(101)], [A, finding(130, 'closed')]);
    expect(open).toMatchObject({ state: 'open' });
    const [closed] = play(
      [A, finding(100)],
      [B, finding(101)],
      [A, finding(130, 'closed')],
      [B, finding(131, 'accepted')],
    );
    expect(closed).toMatchObject({ state: 'accepted', closed: 131 });
  });

  it('give it their name while they are open, the site before its parts', () => {
    const [open] = play([A, finding(100)], [SITE, finding(101)]);
    expect(leadOf(open!)).toMatchObject(SITE);
    const [part] = play([A, finding(100)], [SITE, finding(101)], [SITE, finding(130, 'closed')]);
    expect(leadOf(part!)).toMatchObject(A);
    const [over] = play(
      [A, finding(100)],
      [SITE, finding(101)],
      [SITE, finding(130, 'closed')],
      [A, finding(131, 'closed')],
    );
    expect(leadOf(over!)).toMatchObject(SITE);
  });

  it('blind are never a part of what is said of calls', () => {
    const both = play([A, finding(100)], [A, finding(101, 'opened', 'blind')], [A, finding(110, 'closed', 'blind')]);
    expect(both.map(({ kind, state, silent }) => [kind, state, silent])).toEqual([
      ['failures', 'open', []],
      ['blind', 'closed', ['hep 101']],
    ]);
  });

  it('have the same id whenever they are played again', () => {
    const ids = () => play([A, finding(100)], [B, finding(200)]).map(({ id }) => id);
    expect(ids()).toEqual(ids());
    expect(new Set(ids()).size).toBe(2);
  });
});
