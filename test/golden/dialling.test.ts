import { describe, expect, it } from 'vitest';
import { headerOf } from '../../core/model/capture-event.ts';
import { nodeLetter } from '../../core/model/edge.ts';
import { makeDay } from '../generate/day.ts';
import { buildGraph } from '../generate/graph.ts';
import { componentOf } from '../generate/judge.ts';
import { keepAlive } from '../generate/noise.ts';
import { eventsOf } from '../generate/property.ts';
import { HOUR } from '../generate/scene.ts';
import * as basic from '../generate/topologies/basic.ts';
import * as loopback from '../generate/topologies/loopback.ts';
import * as path from '../generate/topologies/path.ts';
import { expectCalls, stage, times } from './stage.ts';

describe('golden scenarios: dialling', () => {
  it('golden 1: an answered call through the switch is one call', async () => {
    await expectCalls(stage([basic.bridged]), {
      calls: ['2 dialogs, 2 channels'],
      hepOnly: times(2, '1 dialog'),
      eslOnly: ['2 dialogs, 2 channels'],
      logsOnly: ['1 dialog, 1 channel', '1 channel'],
    });
  });

  it('golden 2: the callee who did not answer and the mailbox that did are of one call', async () => {
    await expectCalls(stage([basic.voicemail, basic.noAnswer]), { calls: times(2, '2 dialogs, 2 channels') });
  });

  it('golden 3: carriers that failed belong to the call that the next one took', async () => {
    await expectCalls(stage([basic.failover]), {
      calls: ['4 dialogs, 4 channels'],
      hepOnly: times(4, '1 dialog'),
      eslOnly: ['4 dialogs, 4 channels'],
    });
  });

  it('golden 4: phones of a ring group that lost the race belong to the call', async () => {
    await expectCalls(stage([basic.fork]), { calls: ['4 dialogs, 4 channels'], eslOnly: ['4 dialogs, 4 channels'] });
  });

  it('golden 5: losers of an enterprise dial are found though no event names their other leg', async () => {
    const played = stage([basic.enterprise]);
    const losers = eventsOf(played.sightings).filter(
      (seen) => seen.kind === 'event' && headerOf(seen.headers, 'Hangup-Cause') === 'LOSE_RACE',
    );
    expect(losers.length).toBeGreaterThan(0);
    expect(losers.every((seen) => seen.kind === 'event' && headerOf(seen.headers, 'Other-Leg-Unique-ID') === '')).toBe(
      true,
    );
    await expectCalls(played, { calls: ['4 dialogs, 4 channels'] });
  });

  it('golden 6: a call that the switch originates with a uuid of the site, which renames a channel first', async () => {
    const played = stage([path.clickToCall]);
    const [first] = eventsOf(played.sightings).filter((seen) => seen.kind === 'event');
    expect(first).toMatchObject({ name: 'CHANNEL_UUID' });
    // The third channel is the name that the first had before.
    await expectCalls(played, { calls: ['2 dialogs, 3 channels'], hepOnly: times(2, '1 dialog') });
  });

  it('golden 17: a loopback that leaves the path belongs to the call it was in', async () => {
    await expectCalls(stage([loopback.loopbackBowout, loopback.loopback]), {
      calls: times(2, '2 dialogs, 4 channels'),
      hepOnly: times(4, '1 dialog'),
    });
  });

  it('golden 19: a dialog that a proxy passes on unchanged is one, with every hop', async () => {
    const { sightings } = stage([basic.bridged]);
    const seenBy = new Map<string, Set<string>>();
    for (const seen of eventsOf(sightings)) {
      if (seen.kind !== 'packet') continue;
      const callId = /^Call-ID: (.*)\r$/m.exec(seen.payload.toString())?.[1] ?? '';
      seenBy.set(callId, (seenBy.get(callId) ?? new Set()).add(seen.sensor));
    }
    expect([...seenBy.values()].map((sensors) => [...sensors].sort())).toEqual(
      times(2, '').map(() => ['hep 101', 'hep 201']),
    );
    await expectCalls(stage([basic.bridged]), { calls: ['2 dialogs, 2 channels'] });
  });

  it('golden 33: a call over midnight that lasts for hours stays one call', async () => {
    const played = stage([basic.longCall, basic.hold], { fromUs: 22 * HOUR });
    const days = new Set(eventsOf(played.sightings).map(({ atUs }) => Math.floor(atUs / (24 * HOUR))));
    expect(days.size).toBe(2);
    await expectCalls(played, { calls: times(2, '2 dialogs, 2 channels') });
  });

  it('golden 34: keep-alives of a proxy make no edge at all, and registrations none', async () => {
    const flood = stage(Array.from({ length: 2000 }, () => keepAlive));
    expect(buildGraph([eventsOf(flood.sightings)]).edgeCount).toBe(0);
    const { truth, sightings } = makeDay({ seed: 34, calls: 20, only: ['registration', 'keepAlive'] });
    const graph = buildGraph([eventsOf(sightings)]);
    expect(graph.edgeCount).toBe(0);
    for (const node of truth.calls.flatMap(({ nodes }) => [...nodes])) {
      expect(nodeLetter(node)).toBe('c');
      expect([...(await componentOf(graph, node)).nodes]).toEqual([node]);
    }
  });
});
