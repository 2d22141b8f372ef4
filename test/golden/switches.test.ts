import { describe, expect, it } from 'vitest';
import { headerOf } from '../../core/model/capture-event.ts';
import { buildGraph } from '../generate/graph.ts';
import { componentOf, judge } from '../generate/judge.ts';
import { eventsOf } from '../generate/property.ts';
import { SECOND, type Topology } from '../generate/scene.ts';
import { bridged } from '../generate/topologies/basic.ts';
import * as path from '../generate/topologies/path.ts';
import * as reuse from '../generate/topologies/reuse.ts';
import type { Sighting } from '../generate/truth.ts';
import { expectCalls, stage, times } from './stage.ts';

const nameOf = ({ seen }: Sighting): string => (seen.kind === 'event' ? seen.name : seen.kind);

describe('golden scenarios: switches and identifiers', () => {
  it('golden 22: a call through a router and a second switch is one, by the Call-ID between them', async () => {
    await expectCalls(stage([path.tandem]), {
      calls: ['3 dialogs, 4 channels'],
      hepOnly: times(3, '1 dialog'),
      eslOnly: ['3 dialogs, 4 channels'],
    });
  });

  it('golden 24: a call goes on in a process that took it over from one that died', async () => {
    const played = stage([path.crashAndRecover]);
    const cores = new Set(eventsOf(played.sightings).flatMap((seen) => (seen.kind === 'event' ? seen.coreUuid : [])));
    expect(cores.size).toBe(2);
    await expectCalls(played, { calls: ['2 dialogs, 2 channels'], eslOnly: ['2 dialogs, 2 channels'] });
  });

  it('golden 25: tenants with the same extensions and numbers, calling at the same moment, share nothing', async () => {
    const numbers = { caller: '1001', callee: '1002', calleeRewritten: '1002' };
    const scenes = Array.from({ length: 20 }, () => bridged);
    const played = stage(scenes, { numbers: { ...numbers, domain: 'a.example' }, everyUs: SECOND / 50 });
    await expectCalls(played, {
      calls: times(20, '2 dialogs, 2 channels'),
      hepOnly: times(40, '1 dialog'),
      eslOnly: times(20, '2 dialogs, 2 channels'),
    });
  });

  it('golden 25: each of two tenants has its own call when one calls the other, and a link to the other one', async () => {
    const played = stage([path.betweenTenants], { tenants: 'switches' });
    await expectCalls(played, {
      calls: times(2, '2 dialogs, 2 channels'),
      hepOnly: times(3, '1 dialog'),
      eslOnly: times(2, '2 dialogs, 2 channels'),
    });
    const graph = buildGraph([eventsOf(played.sightings)], played.correlation);
    for (const [tenant, call] of Object.entries({ tenant1: played.truth.calls[0], tenant2: played.truth.calls[1] })) {
      const own = [...(call?.nodes ?? [])].filter((node) => played.truth.ownersOf(node).length === 1);
      for (const node of own) {
        const component = await componentOf(graph, node);
        expect(component.tenant).toBe(tenant);
        expect([...component.refused.values()]).toEqual(['other_tenant']);
        expect(new Set(component.links.map(({ peer }) => component.refused.get(peer)))).toEqual(
          new Set(['other_tenant']),
        );
      }
    }
    // Nobody has said whose the switches are: then it is a call like any other.
    const [one] = played.truth.calls[0]?.nodes ?? [];
    const unsaid = await componentOf(buildGraph([eventsOf(played.sightings)]), one ?? 'c:');
    expect(unsaid.nodes.size).toBe(7);
  });

  it('golden 25: tenants that number their calls alike are not joined by the number', async () => {
    const ofDomain = (domain: string): Topology => {
      return (scene) => path.unknownBox({ ...scene, numbers: { ...scene.numbers, domain }, siteValue: () => 'call-1' });
    };
    const scenes = [ofDomain('tenant1.example'), ofDomain('tenant2.example')];
    const played = stage(scenes, { tenants: 'domains', everyUs: SECOND / 10 });
    expect(played.truth.calls.every(({ nodes }) => nodes.has('v:call-1'))).toBe(true);
    await expectCalls(played, {
      calls: times(2, '3 dialogs, 2 channels, 1 site value'),
      hepOnly: [...times(2, '2 dialogs, 1 site value'), ...times(2, '1 dialog')],
      eslOnly: times(2, '2 dialogs, 2 channels, 1 site value'),
    });
    const graph = buildGraph([eventsOf(played.sightings)]);
    expect((await judge(played.truth, played.sightings, graph)).faults.map(({ kind }) => kind)).toContain('wrong');
  });

  it('golden 26: a Call-ID and a uuid that are used again hours later make two calls each', async () => {
    for (const topology of [reuse.reusedCallId, reuse.reusedUuid]) {
      const { truth, sightings } = stage([topology]);
      const graph = buildGraph([eventsOf(sightings)]);
      expect((await judge(truth, sightings, graph)).faults).toEqual([]);
      const [first, second] = truth.calls;
      const own = [...(first?.nodes ?? [])].filter((node) => !second?.nodes.has(node));
      expect(own.length).toBeGreaterThan(0);
      for (const node of own) expect((await componentOf(graph, node)).nodes).toEqual(first?.nodes);
    }
  });

  it('golden 27: a channel that has the Call-ID for its uuid is one with its dialog, on the wire alone as well', async () => {
    await expectCalls(stage([path.callIdAsUuid]), {
      calls: ['2 dialogs, 2 channels'],
      eslOnly: ['2 dialogs, 2 channels'],
    });
    await expectCalls(stage([bridged], { uuidAsCallId: true }), { calls: ['2 dialogs, 2 channels'] });
  });

  it('golden 28: events lost until a snapshot of the living channels was taken are not missed', async () => {
    const { truth, sightings } = stage([path.snapshotOnly]);
    const snapshot = sightings.findIndex((sighting) => nameOf(sighting) === 'CHANNEL_DATA');
    expect(snapshot).toBeGreaterThan(0);
    // Neither the beginning nor the end was heard over the event socket.
    const heard = sightings.filter(({ seen }, i) => seen.kind === 'packet' || nameOf(sightings[i]!) === 'CHANNEL_DATA');
    const graph = buildGraph([eventsOf(heard)]);
    expect((await judge(truth, heard, graph)).faults).toEqual([]);
    const [call] = truth.calls;
    for (const node of call?.nodes ?? []) expect((await componentOf(graph, node)).nodes).toEqual(call?.nodes);
  });

  it('golden 29: HEP alone gives dialogs, the event socket alone gives calls, logs alone give what their lines say', async () => {
    await expectCalls(stage([bridged, path.unknownBox]), {
      calls: ['2 dialogs, 2 channels', '3 dialogs, 2 channels, 1 site value'],
      hepOnly: ['1 dialog', '1 dialog', '2 dialogs, 1 site value', '1 dialog'],
      eslOnly: ['2 dialogs, 2 channels', '2 dialogs, 2 channels, 1 site value'],
      logsOnly: [...times(2, '1 dialog, 1 channel'), ...times(2, '1 channel')],
    });
    const named = eventsOf(stage([bridged]).sightings).filter(
      (seen) => seen.kind === 'event' && headerOf(seen.headers, 'variable_sip_call_id') !== '',
    );
    expect(named.length).toBeGreaterThan(0);
  });
});
