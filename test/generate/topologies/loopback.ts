import { bridge, talkFor, unbridge } from '../bridge.ts';
import { type Channel, openChannel, pushVariable } from '../channel.ts';
import { MS, type Scene, SECOND, type Topology } from '../scene.ts';
import { answer, callIn, callOut, endChannel, execute, hangUp, type Leg, ring } from '../switch-legs.ts';
import type { TrueCall } from '../truth.ts';
import { connect, partPair } from './basic.ts';

/** Both halves of a loopback channel, originated by `from`. They speak no SIP. */
function openLoopback(scene: Scene, call: TrueCall, from: Channel): [Channel, Channel] {
  const half = (letter: 'a' | 'b', direction: 'inbound' | 'outbound'): Channel =>
    openChannel(scene, call, {
      uuid: scene.random.uuid(),
      sw: scene.sw,
      direction,
      from: scene.numbers.caller,
      to: scene.numbers.callee,
      name: `loopback/${scene.numbers.callee}-${letter}`,
    });
  const a = half('a', 'outbound');
  const b = half('b', 'inbound');
  a.otherType = 'originator';
  a.otherLeg = from.uuid;
  a.emit('CHANNEL_OUTGOING');
  a.callUuid = from.uuid;
  for (const [name, value] of [
    ['originator', from.uuid],
    ['originating_leg_uuid', from.uuid],
    ['other_loopback_leg_uuid', b.uuid],
    ['loopback_from_uuid', from.uuid],
  ] as const) {
    a.variables.set(name, value);
  }
  pushVariable(from, 'originated_legs', `${a.uuid};Outbound Call;${scene.numbers.callee}`);
  a.emit('CHANNEL_CREATE');
  b.variables.set('other_loopback_leg_uuid', a.uuid);
  b.variables.set('other_loopback_from_uuid', from.uuid);
  b.emit('CHANNEL_CREATE');
  return [a, b];
}

/** The loopback stays in the path: four channels, two dialogs. */
export const loopback: Topology = (scene) => {
  const call = scene.newCall('loopback');
  const caller = callIn(scene, call);
  execute(caller.channel, 'bridge', `loopback/${scene.numbers.callee}/public/XML`);
  const [a, b] = openLoopback(scene, call, caller.channel);
  const callee = callOut(scene, call, { parent: { leg: b, by: 'bridge' } });
  ring(scene, callee);
  scene.wait(3 * SECOND);
  answer(scene, callee);
  a.answerState = 'answered';
  a.emit('CHANNEL_ANSWER');
  b.answerState = 'answered';
  b.emit('CHANNEL_ANSWER');
  bridge(scene, b, callee.channel);
  answer(scene, caller);
  bridge(scene, caller.channel, a);
  talkFor(scene, 20 * SECOND, caller.channel, callee.channel);
  hangUp(scene, caller, 'phone');
  endChannel(scene, a, 'NORMAL_CLEARING');
  unbridge(scene, b, callee.channel);
  endChannel(scene, b, 'NORMAL_CLEARING');
  hangUp(scene, callee, 'switch');
};

/** The loopback leaves the path; the caller's leg keeps a copy of its variables, `uuid` included. */
export const loopbackBowout: Topology = (scene) => {
  const call = scene.newCall('loopback bow-out');
  const caller = callIn(scene, call);
  const [a, b] = openLoopback(scene, call, caller.channel);
  scene.site.event({
    sw: scene.sw,
    atUs: scene.now(),
    name: 'CUSTOM',
    headers: {
      'Event-Subclass': 'loopback::bowout',
      'Resigning-UUID': b.uuid,
      'Resigning-Peer-UUID': a.uuid,
      'Acquired-UUID': caller.channel.uuid,
    },
    proves: [
      [`u:${a.uuid}`, `u:${b.uuid}`],
      [`u:${a.uuid}`, `u:${caller.channel.uuid}`],
    ],
  });
  scene.wait(MS);
  endChannel(scene, a, 'ORIGINATOR_CANCEL');
  for (const [name, value] of [
    ['other_loopback_leg_uuid', a.uuid],
    ['other_loopback_from_uuid', caller.channel.uuid],
    ['loopback_bowout_other_uuid', caller.channel.uuid],
    ['uuid', b.uuid],
  ] as const) {
    caller.channel.variables.set(name, value);
  }
  pushVariable(caller.channel, 'originate_causes', `${a.uuid};ORIGINATOR_CANCEL`);
  b.variables.set('loopback_bowout_other_uuid', caller.channel.uuid);
  endChannel(scene, b, 'ORIGINATOR_CANCEL');
  execute(caller.channel, 'bridge', 'sofia/internal/x');
  const callee: Leg = callOut(scene, call, { parent: { leg: caller.channel, by: 'bridge' } });
  ring(scene, callee, caller);
  scene.wait(3 * SECOND);
  connect(scene, caller, callee);
  talkFor(scene, 20 * SECOND, caller.channel, callee.channel);
  partPair(scene, caller, callee);
};
