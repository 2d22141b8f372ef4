import { describe, expect, it } from 'vitest';
import type { EventHeaders } from '../../../core/model/capture-event.ts';
import { edgesFromAmi } from '../../../indexer/edges/from-ami.ts';
import { channelEvent, short } from '../seen.ts';

const edges = (name: string, headers: EventHeaders): string[] =>
  edgesFromAmi(
    { ...channelEvent(name, headers), origin: 'asterisk' },
    { correlationVariables: ['common_uuid'], isCallbackRoom: (room) => room.startsWith('cb') },
  ).map(short);

describe('what an AMI event of Asterisk proves', () => {
  it('takes the Linkedid of a new channel for the one it was made for', () => {
    expect(edges('Newchannel', { Uniqueid: 'b', Linkedid: 'a' })).toEqual(['parent u:a > u:b (ami_linkedid)']);
    expect(edges('Newchannel', { Uniqueid: 'a', Linkedid: 'a' })).toEqual([]);
  });

  it('takes a Linkedid that changes later for no proof: conferences and parking change it too', () => {
    expect(edges('Newstate', { Uniqueid: 'b', Linkedid: 'a' })).toEqual([]);
  });

  it('joins caller and callee of a Dial, and reads an originate, which has no caller', () => {
    expect(edges('DialBegin', { Uniqueid: 'a', DestUniqueid: 'b' })).toEqual(['parent u:a > u:b (ami_dial)']);
    expect(edges('DialBegin', { DestUniqueid: 'b' })).toEqual([]);
  });

  it('reads the own Call-ID from the variable that the dialplan set, and from every later event that lists it', () => {
    expect(edges('VarSet', { Uniqueid: 'a', Variable: 'SIPCALLID', Value: 'x@h' })).toEqual([
      'merge u:a > c:x@h (ami_call_id_variable)',
    ]);
    expect(
      edges('DialEnd', { Uniqueid: 'a', ChanVariable: 'SIPCALLID=x@h', DestChanVariable: ['SIPCALLID=', 'Z=1'] }),
    ).toEqual(['merge u:a > c:x@h (ami_call_id_variable)']);
  });

  it('reads BRIDGEPVTCALLID as the Call-ID of the other leg, never as the own one', () => {
    expect(edges('VarSet', { Uniqueid: 'a', Variable: 'BRIDGEPVTCALLID', Value: 'peer@h' })).toEqual([
      'bridge u:a > c:peer@h (ami_peer_call_id)',
    ]);
    expect(edges('VarSet', { Uniqueid: 'a', Variable: 'BRIDGEPVTCALLID', Value: '' })).toEqual([]);
  });

  it('joins the two parties of a basic bridge, and only links those of a conference', () => {
    const enter = { Uniqueid: 'a', BridgeUniqueid: 'x', BridgeType: 'basic', BridgeCreator: '<unknown>' };
    expect(edges('BridgeEnter', enter)).toEqual(['bridge u:a > b:x (ami_bridge)']);
    const room = { ...enter, BridgeType: 'base', BridgeCreator: 'ConfBridge', BridgeName: '3001' };
    expect(edges('BridgeEnter', room)).toEqual(['link u:a > h:conference:x (conference)']);
    expect(edges('ConfbridgeJoin', { Uniqueid: 'a', BridgeUniqueid: 'x', Conference: '3001' })).toEqual([
      'link u:a > h:conference:x (conference)',
    ]);
  });

  it('joins those who meet in a room that the site names for call-backs', () => {
    expect(edges('ConfbridgeJoin', { Uniqueid: 'a', BridgeUniqueid: 'x', Conference: 'cb1001' })).toEqual([
      'bridge u:a > b:x (callback_room)',
    ]);
  });

  it('joins nobody by a parking place, but the one who fetches with the one who waited', () => {
    const parking = { Uniqueid: 'a', BridgeUniqueid: 'x', BridgeType: 'parking', BridgeCreator: 'Parking' };
    expect(edges('BridgeEnter', parking)).toEqual([]);
    expect(edges('UnParkedCall', { ParkeeUniqueid: 'a', RetrieverUniqueid: 'b' })).toEqual([
      'bridge u:b > u:a (ami_unparked)',
    ]);
  });

  it('joins all channels that an attended transfer names', () => {
    expect(
      edges('AttendedTransfer', {
        OrigTransfererUniqueid: 'a1',
        SecondTransfererUniqueid: 'a2',
        TransfereeUniqueid: 'b',
        TransferTargetUniqueid: 'c',
      }),
    ).toEqual([
      'merge u:a1 > u:a2 (ami_transfer)',
      'merge u:a1 > u:b (ami_transfer)',
      'merge u:a1 > u:c (ami_transfer)',
    ]);
  });

  it('joins the halves of a Local channel, and a queue agent to the caller', () => {
    expect(edges('LocalBridge', { LocalOneUniqueid: 'l1', LocalTwoUniqueid: 'l2' })).toEqual([
      'merge u:l1 > u:l2 (ami_local)',
    ]);
    expect(edges('AgentConnect', { Uniqueid: 'a', DestUniqueid: 'b' })).toEqual(['parent u:a > u:b (ami_queue_agent)']);
  });

  it('takes "<unknown>" for no channel', () => {
    expect(edges('OriginateResponse', { Uniqueid: '<unknown>' })).toEqual([]);
    expect(edges('DialBegin', { Uniqueid: '<unknown>', DestUniqueid: 'b' })).toEqual([]);
  });
});
