import { bridge, talkFor, unbridge } from '../bridge.ts';
import { pushVariable } from '../channel.ts';
import { MINUTE, MS, type Scene, SECOND, type Topology } from '../scene.ts';
import {
  answer,
  callIn,
  callOut,
  endChannel,
  execute,
  giveUp,
  hangUp,
  type Leg,
  type OutboundOptions,
  refuse,
  ring,
} from '../switch-legs.ts';

/** A caller dials, the switch calls on, and both talk. Everything else begins like this. */
export function talkingPair(
  scene: Scene,
  call = scene.newCall('bridge'),
  a: Leg = callIn(scene, call),
  answered: { readonly ack?: boolean; readonly out?: OutboundOptions } = {},
): [Leg, Leg] {
  execute(a.channel, 'bridge', `sofia/internal/${scene.numbers.calleeRewritten}@10.0.0.10`);
  const b = callOut(scene, call, {
    sw: a.channel.sw,
    to: scene.numbers.calleeRewritten,
    parent: { leg: a.channel, by: 'bridge' },
    ...answered.out,
  });
  scene.wait(scene.random.int(20, 400) * MS);
  ring(scene, b, a);
  scene.wait(scene.random.int(1, 15) * SECOND);
  connect(scene, a, b, answered);
  return [a, b];
}

/** The called leg answers, then the calling one, and the bridge stands. `ack`: whether the caller acknowledges. */
export function connect(scene: Scene, a: Leg, b: Leg, answered: { readonly ack?: boolean } = {}): void {
  answer(scene, b);
  if (a.channel.answerState === 'ringing') answer(scene, a, answered);
  pushVariable(a.channel, 'originate_causes', `${b.channel.uuid};NONE`);
  bridge(scene, a.channel, b.channel);
}

export function partPair(scene: Scene, a: Leg, b: Leg, by = scene.random.pick([a, b])): void {
  hangUp(scene, by, 'phone');
  const other = by === a ? b : a;
  unbridge(scene, a.channel, b.channel);
  hangUp(scene, other, 'switch');
}

export const bridged: Topology = (scene) => {
  const [a, b] = talkingPair(scene);
  talkFor(scene, scene.random.int(3, 300) * SECOND, a.channel, b.channel);
  partPair(scene, a, b);
};

export const noAnswer: Topology = (scene) => {
  const call = scene.newCall('no answer');
  const a = callIn(scene, call);
  const b = callOut(scene, call, { parent: { leg: a.channel, by: 'bridge' } });
  ring(scene, b, a);
  scene.wait(30 * SECOND);
  giveUp(scene, b, 'NO_ANSWER');
  a.sip.refuse(480);
  endChannel(scene, a.channel, 'NORMAL_CLEARING');
};

/** The callee is called and the mailbox answers instead: the same leg of the caller, played to. */
export const voicemail: Topology = (scene) => {
  const call = scene.newCall('voicemail');
  const a = callIn(scene, call);
  const b = callOut(scene, call, { parent: { leg: a.channel, by: 'bridge' } });
  ring(scene, b, a);
  scene.wait(20 * SECOND);
  giveUp(scene, b, 'NO_ANSWER');
  pushVariable(a.channel, 'originate_causes', `${b.channel.uuid};NO_ANSWER`);
  answer(scene, a);
  execute(a.channel, 'voicemail', `default ${scene.numbers.domain} ${scene.numbers.callee}`);
  scene.wait(15 * SECOND);
  hangUp(scene, a, 'phone');
};

export const busy: Topology = (scene) => {
  const call = scene.newCall('busy');
  const a = callIn(scene, call);
  const b = callOut(scene, call, { parent: { leg: a.channel, by: 'bridge' } });
  scene.wait(100 * MS);
  refuse(scene, b, 486, 'USER_BUSY');
  pushVariable(a.channel, 'originate_causes', `${b.channel.uuid};USER_BUSY`);
  a.sip.refuse(486);
  endChannel(scene, a.channel, 'USER_BUSY');
};

export const callerGivesUp: Topology = (scene) => {
  const call = scene.newCall('cancelled');
  const a = callIn(scene, call);
  const b = callOut(scene, call, { parent: { leg: a.channel, by: 'bridge' } });
  ring(scene, b, a);
  scene.wait(scene.random.int(1, 20) * SECOND);
  a.sip.cancel();
  endChannel(scene, a.channel, 'ORIGINATOR_CANCEL');
  giveUp(scene, b, 'ORIGINATOR_CANCEL');
};

/** Several phones ring at once; all but one lose. */
export const fork: Topology = (scene) => {
  const call = scene.newCall('fork');
  const a = callIn(scene, call);
  const legs = Array.from({ length: scene.random.int(2, 5) }, (_, i) =>
    callOut(scene, call, { to: `${scene.numbers.callee}${i}`, parent: { leg: a.channel, by: 'bridge' } }),
  );
  for (const [i, leg] of legs.entries()) ring(scene, leg, i === 0 ? a : undefined);
  scene.wait(scene.random.int(1, 10) * SECOND);
  const winner = scene.random.pick(legs);
  for (const loser of legs.filter((leg) => leg !== winner)) {
    giveUp(scene, loser, 'LOSE_RACE');
    pushVariable(a.channel, 'originate_causes', `${loser.channel.uuid};LOSE_RACE`);
  }
  connect(scene, a, winner);
  talkFor(scene, 20 * SECOND, a.channel, winner.channel);
  partPair(scene, a, winner);
};

/** "a:_:b": the legs are originated on their own, and name the caller in one variable only. */
export const enterprise: Topology = (scene) => {
  const call = scene.newCall('enterprise');
  const a = callIn(scene, call);
  const legs = Array.from({ length: scene.random.int(2, 4) }, (_, i) =>
    callOut(scene, call, { to: `${scene.numbers.callee}${i}`, parent: { leg: a.channel, by: 'enterprise' } }),
  );
  for (const leg of legs) ring(scene, leg);
  scene.wait(scene.random.int(1, 10) * SECOND);
  const winner = scene.random.pick(legs);
  for (const loser of legs.filter((leg) => leg !== winner)) giveUp(scene, loser, 'LOSE_RACE');
  answer(scene, winner);
  answer(scene, a);
  bridge(scene, a.channel, winner.channel);
  talkFor(scene, 20 * SECOND, a.channel, winner.channel);
  partPair(scene, a, winner);
};

/** The first carrier is down, the second takes the call. */
export const failover: Topology = (scene) => {
  const call = scene.newCall('failover');
  const a = callIn(scene, call);
  const parent = { leg: a.channel, by: 'bridge' } as const;
  for (const [status, cause] of [
    [503, 'NORMAL_TEMPORARY_FAILURE'],
    [480, 'NO_USER_RESPONSE'],
  ] as const) {
    const failed = callOut(scene, call, { parent });
    scene.wait(200 * MS);
    refuse(scene, failed, status, cause);
    pushVariable(a.channel, 'originate_causes', `${failed.channel.uuid};${cause}`);
  }
  const b = callOut(scene, call, { parent });
  ring(scene, b, a);
  scene.wait(3 * SECOND);
  connect(scene, a, b);
  talkFor(scene, 10 * SECOND, a.channel, b.channel);
  partPair(scene, a, b);
};

/** Held by the phone and by the switch, and fetched back. */
export const hold: Topology = (scene) => {
  const [a, b] = talkingPair(scene, scene.newCall('hold'));
  for (let i = 0; i < 2; i++) {
    scene.wait(5 * SECOND);
    a.channel.emit('CHANNEL_HOLD');
    a.sip.reinvite('caller', 'sendonly');
    execute(b.channel, 'playback', 'local_stream://moh');
    a.channel.emit('CUSTOM', { 'Event-Subclass': 'sofia::reinvite' });
    scene.wait(MINUTE);
    a.channel.emit('CHANNEL_UNHOLD');
    a.sip.reinvite('caller', 'sendrecv');
  }
  partPair(scene, a, b);
};

/** Hours of talk, over midnight. */
export const longCall: Topology = (scene) => {
  const [a, b] = talkingPair(scene, scene.newCall('long'));
  talkFor(scene, scene.random.int(4, 9) * 60 * MINUTE, a.channel, b.channel);
  partPair(scene, a, b);
};
