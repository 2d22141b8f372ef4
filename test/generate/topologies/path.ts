import { bridge, talkFor, unbridge, uuidBridge } from '../bridge.ts';
import { type Channel, openChannel } from '../channel.ts';
import { addCallId, MS, type Scene, SECOND, type Topology } from '../scene.ts';
import { openSipLeg } from '../sip-leg.ts';
import { answer, arriveAt, callIn, callOut, endChannel, hangUp, type Leg, ring } from '../switch-legs.ts';
import type { TrueCall } from '../truth.ts';
import { connect, partPair, talkingPair } from './basic.ts';

/** originate, then bridge: both legs are outbound; the site chose the first one's uuid. */
export const clickToCall: Topology = (scene) => {
  const call = scene.newCall('click to call');
  const uuid = scene.random.chance(0.5) ? `crm-${scene.random.hex(8)}` : scene.random.uuid();
  const first = callOut(scene, call, { to: '8004', uuid });
  ring(scene, first);
  scene.wait(2 * SECOND);
  answer(scene, first);
  const second = callOut(scene, call, { from: '8004', parent: { leg: first.channel, by: 'bridge' } });
  ring(scene, second);
  scene.wait(4 * SECOND);
  connect(scene, first, second);
  talkFor(scene, 20 * SECOND, first.channel, second.channel);
  partPair(scene, first, second);
};

/** A router in front of another switch: the Call-ID between them has a channel at each end. */
export const tandem: Topology = (scene) => {
  const call = scene.newCall('tandem');
  const { a, trunk, inner, b } = talkThrough(scene, { here: call, there: call, other: scene.otherSwitch });
  hangUp(scene, a, 'phone');
  unbridge(scene, a.channel, trunk.channel);
  hangUp(scene, trunk, 'switch');
  hangUp(scene, { ...trunk, channel: inner }, 'nobody');
  unbridge(scene, inner, b.channel);
  hangUp(scene, b, 'switch');
};

/** A switch calls on over the proxy to another one, which calls the phone: up to the end of the talk. */
function talkThrough(
  scene: Scene,
  { here, there, other }: { here: TrueCall; there: TrueCall; other: Scene['otherSwitch'] },
): { a: Leg; trunk: Leg; inner: Channel; b: Leg } {
  const a = callIn(scene, here);
  const trunk = callOut(scene, here, { parent: { leg: a.channel, by: 'bridge' }, after: [scene.site.proxy, other] });
  const { callId } = trunk.sip;
  const { caller, callee } = scene.numbers;
  addCallId(there, callId);
  const inner = arriveAt(scene, there, other, { from: caller, to: callee, callId });
  const b = callOut(scene, there, { sw: other, parent: { leg: inner, by: 'bridge' } });
  ring(scene, b);
  inner.emit('CHANNEL_PROGRESS');
  ring(scene, trunk, a);
  scene.wait(3 * SECOND);
  answer(scene, b);
  inner.answerState = 'answered';
  inner.emit('CHANNEL_ANSWER');
  bridge(scene, inner, b.channel);
  connect(scene, a, trunk);
  talkFor(scene, 30 * SECOND, a.channel, trunk.channel, inner, b.channel);
  return { a, trunk, inner, b };
}

/**
 * One tenant calls another over the proxy that all share: two calls, as each tenant sees its own. The Call-ID between them
 * is in both and joins them no more than a carrier would.
 */
export const betweenTenants: Topology = (scene) => {
  const mine = scene.newCall('to another tenant');
  const theirs = scene.newCall('from another tenant');
  const { a, trunk, inner, b } = talkThrough(scene, { here: mine, there: theirs, other: scene.foreignSwitch });
  hangUp(scene, a, 'phone');
  unbridge(scene, a.channel, trunk.channel);
  hangUp(scene, trunk, 'switch');
  unbridge(scene, inner, b.channel);
  endChannel(scene, inner, 'NORMAL_CLEARING');
  hangUp(scene, b, 'switch');
};

/** The switch takes the Call-ID for the channel's uuid (`inbound-use-callid-as-uuid`). */
export const callIdAsUuid: Topology = (scene) => {
  const call = scene.newCall('callid as uuid');
  const callId = `${scene.random.hex(16)}@10.1.9.9`;
  const a = callIn(scene, call, { callId, uuid: callId });
  const [, b] = talkingPair(scene, call, a);
  talkFor(scene, 10 * SECOND, a.channel, b.channel);
  partPair(scene, a, b);
};

/** A box that nobody watches makes a new dialog of each call; the site's header is all that goes through it. */
export const unknownBox: Topology = (scene) => {
  const call = scene.newCall('unknown box with X-CID');
  const outside = `${scene.random.hex(12)}@carrier`;
  const cid = scene.random.chance(0.5) ? outside : scene.siteValue();
  call.nodes.add(`v:${cid}`);
  const box = { ip: '10.9.9.9', port: 5060, clockUs: 0 };
  const before = openSipLeg(scene, call, {
    callId: outside,
    fromUser: scene.numbers.caller,
    toUser: scene.numbers.callee,
    domain: scene.numbers.domain,
    path: [scene.phone(), scene.site.proxy, box],
    headers: [`X-CID: ${cid}`],
  });
  before.invite();
  scene.wait(20 * MS);
  const a = callIn(scene, call, {
    before: [box],
    headers: [`X-CID: ${cid}`],
    variables: { 'sip_h_X-CID': cid },
  });
  const [, b] = talkingPair(scene, call, a);
  before.ring();
  before.answer();
  talkFor(scene, 20 * SECOND, a.channel, b.channel);
  before.bye('caller');
  partPair(scene, a, b, a);
};

/** The process dies in the middle of a call; its successor takes the legs over with their uuids and Call-IDs. */
export const crashAndRecover: Topology = (scene) => {
  const [a, b] = talkingPair(scene, scene.newCall('crash and recover'));
  talkFor(scene, 10 * SECOND, a.channel, b.channel);
  scene.sw.crashAt(scene.now());
  scene.wait(8 * SECOND);
  for (const leg of [b, a]) {
    leg.channel.otherLeg = '';
    leg.channel.variables.set('recovered', 'true');
    leg.sip.reinvite(leg.phoneSide === 'caller' ? 'callee' : 'caller', 'sendrecv');
    leg.channel.emit('CHANNEL_CREATE');
  }
  uuidBridge(scene, a.channel, b.channel);
  talkFor(scene, 10 * SECOND, a.channel, b.channel);
  partPair(scene, a, b);
};

/** The switch's events were not heard; on reconnection it tells of the living channels at once (uuid_dump). */
export const snapshotOnly: Topology = (scene) => {
  const [a, b] = talkingPair(scene, scene.newCall('backfilled'));
  talkFor(scene, 30 * SECOND, a.channel, b.channel);
  for (const { channel } of [a, b]) channel.emit('CHANNEL_DATA');
  scene.wait(10 * SECOND);
  partPair(scene, a, b);
};

/** The phone is called and refuses the codec before the switch has begun: no CHANNEL_CREATE, but a Call-ID. */
export const refusedBeforeStart: Topology = (scene) => {
  const call = scene.newCall('refused before start');
  const callId = `${scene.random.hex(16)}@phone`;
  const path = [scene.phone(), scene.site.proxy, scene.sw];
  const { caller: fromUser, callee: toUser, domain } = scene.numbers;
  const sip = openSipLeg(scene, call, { callId, fromUser, toUser, domain, path });
  sip.invite();
  const a = arriveAtDoor(scene, call, callId);
  sip.refuse(488);
  endChannel(scene, a, 'INCOMPATIBLE_DESTINATION');
};

function arriveAtDoor(scene: Scene, call: TrueCall, callId: string): Channel {
  const { caller: from, callee: to } = scene.numbers;
  const channel = openChannel(scene, call, {
    uuid: scene.random.uuid(),
    sw: scene.sw,
    direction: 'inbound',
    from,
    to,
  });
  channel.emit('CHANNEL_STATE');
  channel.variables.set('sip_call_id', callId);
  addCallId(call, callId);
  return channel;
}
