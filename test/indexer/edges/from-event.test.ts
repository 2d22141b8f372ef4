import { describe, expect, it } from 'vitest';
import type { EventHeaders } from '../../../core/model/capture-event.ts';
import { edgesFromEvent } from '../../../indexer/edges/from-event.ts';
import { AT, channelEvent, short } from '../seen.ts';

const edges = (name: string, headers: EventHeaders, variables: string[] = []): string[] =>
  edgesFromEvent(channelEvent(name, headers), variables).map(short);

describe('what a FreeSWITCH event proves', () => {
  it('joins a channel to the Call-ID it speaks', () => {
    expect(edges('CHANNEL_PROGRESS', { 'Unique-ID': 'b', variable_sip_call_id: 'x@h' })).toEqual([
      'merge u:b > c:x@h (sip_call_id)',
    ]);
  });

  it('names the event as the proof, with its time', () => {
    const event = channelEvent('CHANNEL_PROGRESS', { 'Unique-ID': 'b', variable_sip_call_id: 'x' });
    expect(edgesFromEvent(event, [])[0]).toMatchObject({
      tier: 'switch',
      fromUs: AT,
      untilUs: AT,
      evidence: { table: 'events', id: event.id, atUs: AT },
    });
  });

  it('takes the originator of a new channel for its parent', () => {
    expect(
      edges('CHANNEL_OUTGOING', {
        'Unique-ID': 'b',
        'Other-Type': 'originator',
        'Other-Leg-Unique-ID': 'a',
        'Channel-Call-UUID': 'b',
      }),
    ).toEqual(['parent u:a > u:b (other_leg_originator)']);
  });

  it('takes the other leg of a running channel for a bridge partner, who need not be its parent', () => {
    const agent = { 'Unique-ID': 'agent', 'Other-Type': 'originator', 'Other-Leg-Unique-ID': 'caller' };
    expect(edges('CHANNEL_EXECUTE', agent)).toEqual(['bridge u:agent > u:caller (other_leg)']);
  });

  it('still knows the parent of a running channel by its originator variable', () => {
    expect(
      edges('CHANNEL_HANGUP_COMPLETE', {
        'Unique-ID': 'b',
        'Other-Type': 'originator',
        'Other-Leg-Unique-ID': 'a',
        variable_originator: 'a',
      }),
    ).toEqual(['parent u:a > u:b (other_leg_originator)', 'parent u:a > u:b (originator)']);
  });

  it('finds the parent of a leg of an enterprise originate, which has no other leg', () => {
    expect(edges('CHANNEL_CREATE', { 'Unique-ID': 'b', variable_originating_leg_uuid: 'a' })).toEqual([
      'parent u:a > u:b (originating_leg)',
    ]);
  });

  it('takes a call UUID that is the own one for no proof at all', () => {
    expect(edges('CHANNEL_CREATE', { 'Unique-ID': 'a', 'Channel-Call-UUID': 'a' })).toEqual([]);
  });

  it('lists every leg that was tried, losers included, given as one value or as an array', () => {
    expect(edges('CHANNEL_ANSWER', { 'Unique-ID': 'a', variable_originated_legs: 'b;Bob;1002' })).toEqual([
      'parent u:a > u:b (originated_legs)',
    ]);
    expect(edges('CHANNEL_ANSWER', { 'Unique-ID': 'a', variable_originate_causes: ['b;USER_BUSY', 'c;NONE'] })).toEqual(
      ['parent u:a > u:b (originated_legs)', 'parent u:a > u:c (originated_legs)'],
    );
  });

  it('joins the two ends of a bridge, and of its end, which only carries their names', () => {
    const ends = { 'Bridge-A-Unique-ID': 'a', 'Bridge-B-Unique-ID': 'b' };
    expect(edges('CHANNEL_BRIDGE', { 'Unique-ID': 'a', ...ends })).toEqual(['bridge u:a > u:b (bridge_event)']);
    expect(edges('CHANNEL_UNBRIDGE', ends)).toEqual(['bridge u:a > u:b (bridge_event)']);
  });

  it('does not trip over an unbridge without names', () => {
    expect(edges('CHANNEL_UNBRIDGE', { 'Unique-ID': 'a' })).toEqual([]);
  });

  it('joins loopback halves with the leg they came from, but never by variable_uuid', () => {
    // After a bow-out the real leg carries the loopback's variables; its variable_uuid is then the loopback's.
    expect(
      edges('CHANNEL_ANSWER', {
        'Unique-ID': 'real',
        variable_uuid: 'loop-b',
        variable_other_loopback_leg_uuid: 'loop-a',
        variable_other_loopback_from_uuid: 'real',
      }),
    ).toEqual(['merge u:real > u:loop-a (loopback)']);
  });

  it('reads a bow-out, which has no Unique-ID', () => {
    expect(
      edges('CUSTOM', {
        'Event-Subclass': 'loopback::bowout',
        'Resigning-UUID': 'lb',
        'Resigning-Peer-UUID': 'la',
        'Acquired-UUID': 'a',
      }),
    ).toEqual(['merge u:a > u:la (loopback_bowout)', 'merge u:la > u:lb (loopback_bowout)']);
  });

  it('reads the peer of uuid_bridge from the transfer history, but not the profile id before it', () => {
    expect(
      edges('CALL_UPDATE', {
        'Unique-ID': 'a',
        variable_transfer_history: ['1795258152:profile-1:att_xfer:1501@h/02@h', '1795258152:profile-2:uuid_br:b'],
      }),
    ).toEqual(['bridge u:a > u:b (transfer_history)']);
  });

  it('reads pseudo applications that report a bridge made by command', () => {
    const bridge = { 'Unique-ID': 'a', Application: 'uuid_bridge', 'Application-Data': 'b' };
    expect(edges('CHANNEL_EXECUTE', bridge)).toEqual(['bridge u:a > u:b (uuid_bridge)']);
  });

  it('links an eavesdropper, and never merges him', () => {
    const spy = { 'Unique-ID': 'boss', Application: 'eavesdrop', 'Application-Data': 'a' };
    expect(edges('CHANNEL_EXECUTE', spy)).toEqual(['link u:boss > u:a (eavesdrop)']);
    expect(edges('CHANNEL_EXECUTE', { ...spy, 'Application-Data': 'all' })).toEqual([]);
  });

  it('links the members of a conference through the room, by its unique id and not its name', () => {
    expect(
      edges('CUSTOM', {
        'Event-Subclass': 'conference::maintenance',
        'Unique-ID': 'a',
        'Conference-Name': '3001',
        'Conference-Unique-ID': 'room-1',
      }),
    ).toEqual(['link u:a > h:conference:room-1 (conference)']);
  });

  it('joins a call-centre agent to the caller channel, not to the queue entry', () => {
    expect(
      edges('CHANNEL_CREATE', {
        'Unique-ID': 'agent',
        variable_cc_member_uuid: 'entry',
        variable_cc_member_session_uuid: 'caller',
      }),
    ).toEqual(['parent u:caller > u:agent (callcenter_agent)']);
  });

  it('calls an agent who was on the line before the caller no child of his', () => {
    const standby = {
      'Unique-ID': 'agent',
      variable_cc_agent_type: 'uuid-standby',
      variable_cc_member_session_uuid: 'caller',
    };
    expect(edges('CHANNEL_BRIDGE', standby)).toEqual(['bridge u:caller > u:agent (callcenter_standby)']);
    const info = {
      'Event-Subclass': 'callcenter::info',
      'CC-Member-Session-UUID': 'caller',
      'CC-Agent-UUID': 'agent',
    };
    expect(edges('CUSTOM', { ...info, 'Unique-ID': 'caller' })).toEqual([
      'bridge u:caller > u:agent (callcenter_agent)',
    ]);
  });

  it('dates a bridge by when it was, not by events of a leg that goes on naming its last partner', () => {
    const stale = {
      'Unique-ID': 'agent',
      'Event-Date-Timestamp': '1795258155622609',
      'Caller-Channel-Bridged-Time': '1795258152622609',
      'Other-Type': 'originatee',
      'Other-Leg-Unique-ID': 'caller',
    };
    const held = (headers: EventHeaders, name = 'SESSION_HEARTBEAT'): number[] =>
      edgesFromEvent(channelEvent(name, headers), []).map(({ fromUs }) => (fromUs - AT) / 1_000_000);
    expect(held(stale)).toEqual([-3]);
    expect(held({ ...stale, variable_bridge_to: 'caller' })).toEqual([0]);
    expect(held(stale, 'CHANNEL_UNBRIDGE')).toEqual([0]);
    expect(
      held({
        'Unique-ID': 'agent',
        'Event-Date-Timestamp': '1795258155000000',
        variable_transfer_history: ['1795258153:profile:uuid_br:caller', '1795258155:profile:uuid_br:next'],
      }),
    ).toEqual([-2, 0]);
  });

  it('never takes the Call-ID of a registration for one of a call', () => {
    for (const subclass of ['sofia::register', 'sofia::pre_register', 'sofia::expire', 'sofia::gateway_state']) {
      expect(edges('CUSTOM', { 'Event-Subclass': subclass, 'Unique-ID': 'a', variable_sip_call_id: 'r' })).toEqual([]);
    }
  });

  it('joins legs that carry the same value in a variable of the site', () => {
    expect(edges('CHANNEL_CREATE', { 'Unique-ID': 'a', variable_common_uuid: 'k' }, ['common_uuid'])).toEqual([
      'merge u:a > v:k (site_variable)',
    ]);
    expect(edges('CHANNEL_CREATE', { 'Unique-ID': 'a', variable_common_uuid: 'k' })).toEqual([]);
  });

  it('follows a channel through a change of its UUID', () => {
    expect(edges('CHANNEL_UUID', { 'Unique-ID': 'new', 'Old-Unique-ID': 'old' })).toEqual([
      'merge u:new > u:old (uuid_changed)',
    ]);
  });

  it('is not fooled by a header named __proto__', () => {
    const headers = JSON.parse('{"Unique-ID":"a","__proto__":{"variable_sip_call_id":"x"}}') as EventHeaders;
    expect(edges('CHANNEL_CREATE', headers)).toEqual([]);
  });
});
