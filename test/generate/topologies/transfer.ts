import { bridge, talkFor, unbridge, uuidBridge } from '../bridge.ts';
import { type Channel, pushVariable } from '../channel.ts';
import { MS, type Scene, SECOND, type Topology } from '../scene.ts';
import { answer, arriveAt, callIn, callOut, endChannel, execute, hangUp, ring } from '../switch-legs.ts';
import { connect, partPair, talkingPair } from './basic.ts';

/** A transfer pushes a fresh caller profile: the other leg is forgotten until the next bridge. */
function toDialplan(scene: Scene, channel: Channel, target: string): void {
  channel.otherLeg = '';
  channel.otherType = '';
  channel.callUuid = channel.uuid;
  channel.bridgedUs = 0;
  channel.variables.delete('signal_bond');
  channel.variables.delete('bridge_to');
  const epoch = Math.floor(scene.now() / SECOND);
  pushVariable(channel, 'transfer_history', `${epoch}:${scene.random.uuid()}:bl_xfer:${target}/public/XML`);
}

/** The caller's phone sends REFER; the called leg goes on to a third party. */
export const blindRefer: Topology = (scene) => {
  const [a, b] = talkingPair(scene, scene.newCall('blind transfer by REFER'));
  talkFor(scene, 10 * SECOND, a.channel, b.channel);
  a.sip.refer('caller', '<sip:+14155550593@10.0.0.10>');
  a.channel.variables.set('transfer_to', `blind:${b.channel.uuid}`);
  a.channel.variables.delete('signal_bond');
  a.channel.emit('CHANNEL_UNBRIDGE', {
    'Bridge-A-Unique-ID': a.channel.uuid,
    'Bridge-B-Unique-ID': b.channel.uuid,
  });
  toDialplan(scene, b.channel, '+14155550593');
  hangUp(scene, a, 'switch');
  execute(b.channel, 'bridge', 'sofia/internal/+14155550593');
  const c = callOut(scene, b.call, {
    from: scene.numbers.callee,
    to: '+14155550593',
    parent: { leg: b.channel, by: 'bridge' },
  });
  ring(scene, c);
  scene.wait(2 * SECOND);
  connect(scene, b, c);
  talkFor(scene, 10 * SECOND, b.channel, c.channel);
  partPair(scene, b, c);
};

/** uuid_transfer: the caller's leg gets a second called leg. */
export const apiTransfer: Topology = (scene) => {
  const [a, b] = talkingPair(scene, scene.newCall('uuid_transfer'));
  talkFor(scene, 10 * SECOND, a.channel, b.channel);
  hangUp(scene, b, 'switch');
  toDialplan(scene, a.channel, '+14155550594');
  unbridge(scene, a.channel, b.channel);
  execute(a.channel, 'bridge', 'sofia/internal/+14155550594');
  const c = callOut(scene, a.call, { to: '+14155550594', parent: { leg: a.channel, by: 'bridge' } });
  ring(scene, c);
  scene.wait(2 * SECOND);
  connect(scene, a, c);
  talkFor(scene, 10 * SECOND, a.channel, c.channel);
  partPair(scene, a, c);
};

/** The phone calls a third party on a second line and joins both: REFER with Replaces (RFC 3891, RFC 5589). */
export const attendedRefer: Topology = (scene) => {
  const call = scene.newCall('attended transfer');
  const [a1, b1] = talkingPair(scene, call);
  talkFor(scene, 5 * SECOND, a1.channel, b1.channel);
  const [a2, b2] = talkingPair(scene, call, callIn(scene, call));
  talkFor(scene, 5 * SECOND, a2.channel, b2.channel);
  const replaces = a2.sip.replacesValue().replace('@', '%40').replaceAll(';', '%3B').replaceAll('=', '%3D');
  a1.sip.refer('caller', `<sip:${scene.numbers.callee}@10.0.0.10?Replaces=${replaces}>`);
  const epoch = Math.floor(scene.now() / SECOND);
  pushVariable(b1.channel, 'transfer_history', `${epoch}:${scene.random.uuid()}:att_xfer:a@x/b@y`);
  unbridge(scene, a2.channel, b2.channel);
  hangUp(scene, a2, 'switch');
  a1.channel.variables.set('transfer_to', `att:${b2.channel.uuid}`);
  unbridge(scene, a1.channel, b1.channel);
  hangUp(scene, a1, 'switch');
  uuidBridge(scene, b1.channel, b2.channel);
  talkFor(scene, 10 * SECOND, b1.channel, b2.channel);
  partPair(scene, b1, b2);
};

/** A phone takes over a leg of another phone: INVITE with Replaces (pickup by a busy-lamp key). */
export const replacedLeg: Topology = (scene) => {
  const call = scene.newCall('INVITE with Replaces');
  const [a, b] = talkingPair(scene, call);
  talkFor(scene, 5 * SECOND, a.channel, b.channel);
  const replaced = a.sip.replacesValue();
  const c = callIn(scene, call, {
    headers: [`Replaces: ${replaced}`],
    variables: { sip_replaces_call_id: a.sip.callId },
  });
  answer(scene, c);
  unbridge(scene, a.channel, b.channel);
  hangUp(scene, a, 'switch', 'ATTENDED_TRANSFER');
  uuidBridge(scene, c.channel, b.channel);
  talkFor(scene, 10 * SECOND, c.channel, b.channel);
  partPair(scene, c, b);
};

/** Two callers wait, each on his own, and are joined from outside. */
export const joinedCallers: Topology = (scene) => {
  const call = scene.newCall('uuid_bridge of two parked calls');
  const [a, b] = [callIn(scene, call), callIn(scene, call, { from: '+14155550888' })];
  for (const leg of [a, b]) {
    answer(scene, leg);
    execute(leg.channel, 'park');
    leg.channel.emit('CHANNEL_PARK');
  }
  scene.wait(scene.random.int(5, 100) * SECOND);
  uuidBridge(scene, a.channel, b.channel);
  talkFor(scene, 30 * SECOND, a.channel, b.channel);
  partPair(scene, a, b);
};

/** A third phone takes the caller away from whom he talked to. */
export const intercepted: Topology = (scene) => {
  const call = scene.newCall('intercept');
  const [a, b] = talkingPair(scene, call);
  talkFor(scene, 5 * SECOND, a.channel, b.channel);
  const c = callIn(scene, call, { from: '1099', to: `*8${scene.numbers.callee}` });
  answer(scene, c);
  execute(c.channel, 'intercept', a.channel.uuid);
  unbridge(scene, a.channel, b.channel);
  hangUp(scene, b, 'switch', 'PICKED_OFF');
  scene.wait(MS);
  uuidBridge(scene, c.channel, a.channel);
  talkFor(scene, 20 * SECOND, c.channel, a.channel);
  partPair(scene, c, a);
};

/** Parked in a slot and fetched by somebody; the slot's number says nothing about who was in it. */
export const valetParking: Topology = (scene) => {
  const call = scene.newCall('valet parking');
  const a = callIn(scene, call);
  answer(scene, a);
  execute(a.channel, 'valet_park', 'lot 5901');
  const slot = { 'Valet-Lot-Name': 'lot', 'Valet-Extension': '5901', 'Event-Subclass': 'valet_parking::info' };
  a.channel.emit('CUSTOM', { ...slot, Action: 'hold' });
  scene.wait(scene.random.int(5, 60) * SECOND);
  const b = callIn(scene, call, { from: '1098', to: '5901' });
  answer(scene, b);
  execute(b.channel, 'valet_park', 'lot 5901');
  b.channel.emit('CUSTOM', { ...slot, Action: 'bridge', 'Bridge-To-UUID': a.channel.uuid });
  uuidBridge(scene, b.channel, a.channel);
  a.channel.emit('CUSTOM', { ...slot, Action: 'exit' });
  talkFor(scene, 20 * SECOND, b.channel, a.channel);
  partPair(scene, b, a);
};

/**
 * The two calls of an attended transfer are on two switches: the first asks the second for the leg, by an INVITE with
 * Replaces that names the uuids of its own box.
 */
export const attendedAcross: Topology = (scene) => {
  const call = scene.newCall('attended transfer across switches');
  const far = scene.otherSwitch;
  const [a1, b1] = talkingPair(scene, call);
  const [a2, b2] = talkingPair(scene, call, callIn(scene, call, { sw: far }));
  talkFor(scene, 5 * SECOND, a2.channel, b2.channel);
  const replaces = a2.sip.replacesValue();
  const escaped = replaces.replace('@', '%40').replaceAll(';', '%3B').replaceAll('=', '%3D');
  a1.sip.refer('caller', `<sip:${scene.numbers.callee}@${far.ip}?Replaces=${escaped}>`);
  hangUp(scene, a1, 'switch');
  const out = callOut(scene, call, {
    sw: b1.channel.sw,
    parent: { leg: b1.channel, by: 'bridge' },
    after: [scene.site.proxy, far],
    headers: [`Replaces: ${replaces}`, `X-FS-Refer-For: ${a1.channel.uuid}`, `X-FS-Refer-From: ${b1.channel.uuid}`],
  });
  const { callId } = out.sip;
  const { caller: from, callee: to } = scene.numbers;
  const taken = arriveAt(scene, call, far, { from, to, callId, variables: { sip_replaces_call_id: a2.sip.callId } });
  answer(scene, out);
  taken.answerState = 'answered';
  taken.emit('CHANNEL_ANSWER');
  unbridge(scene, a2.channel, b2.channel);
  hangUp(scene, a2, 'switch');
  bridge(scene, b1.channel, out.channel);
  uuidBridge(scene, taken, b2.channel);
  talkFor(scene, 10 * SECOND, b1.channel, out.channel, taken, b2.channel);
  hangUp(scene, b1, 'phone');
  hangUp(scene, out, 'switch');
  endChannel(scene, taken, 'NORMAL_CLEARING');
  hangUp(scene, b2, 'switch');
};
