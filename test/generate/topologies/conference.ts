import { talkFor } from '../bridge.ts';
import { addCallId, MS, type Scene, SECOND, type Topology } from '../scene.ts';
import type { Switch } from '../site.ts';
import { answer, arriveAt, callIn, callOut, execute, hangUp, type Leg, ring } from '../switch-legs.ts';
import type { TrueCall } from '../truth.ts';
import { linkCalls } from '../truth.ts';
import { partPair, talkingPair } from './basic.ts';

interface Room {
  join(leg: Leg): void;
  leave(leg: Leg): void;
}

function openRoom(scene: Scene, name: string): Room {
  const id = scene.random.uuid();
  const say = (leg: Leg, action: string): void =>
    leg.channel.emit('CUSTOM', {
      'Event-Subclass': 'conference::maintenance',
      'Conference-Name': name,
      'Conference-Unique-ID': id,
      Action: action,
    });
  return {
    join: (leg) => {
      execute(leg.channel, 'conference', `${name}@default`);
      say(leg, 'add-member');
      scene.wait(10 * MS);
      say(leg, 'floor-change');
    },
    leave: (leg) => say(leg, 'del-member'),
  };
}

/** A caller who goes on into a room, after some talk with somebody else or at once. */
function dialIn(scene: Scene, call: TrueCall): Leg {
  const a = callIn(scene, call, { from: `1${scene.random.int(100, 999)}`, to: '3001' });
  answer(scene, a);
  return a;
}

/** Everyone dials in or is dialled; each is a call of its own that met the others. */
export const conference: Topology = (scene) => {
  const room = openRoom(scene, '3001');
  const members: Leg[] = [];
  for (let i = scene.random.int(2, 5); i > 0; i--) {
    const member = dialIn(scene, scene.newCall('conference member'));
    room.join(member);
    members.push(member);
    scene.wait(scene.random.int(1, 20) * SECOND);
  }
  const dialled = callOut(scene, scene.newCall('conference dial-out'), { from: '3001', to: '+14155550604' });
  ring(scene, dialled);
  scene.wait(SECOND);
  answer(scene, dialled);
  room.join(dialled);
  members.push(dialled);
  scene.wait(60 * SECOND);
  for (const member of scene.random.shuffled(members)) {
    member.sip.bye(member.phoneSide);
    room.leave(member);
    hangUp(scene, member, 'nobody');
  }
  linkCalls(members.map(({ call }) => call));
};

/** Two rooms on two switches joined by one SIP leg: that leg is a call, the rooms' members are others. */
export const cascadedConference: Topology = (scene) => {
  const [near, far] = [scene.sw, scene.otherSwitch];
  const calls: TrueCall[] = [];
  const memberOf = (sw: Switch): Leg => {
    const call = scene.newCall('cascade member');
    calls.push(call);
    const leg = callIn(scene, call, { sw, to: '3002' });
    answer(scene, leg);
    return leg;
  };
  const rooms = [openRoom(scene, '3002'), openRoom(scene, '3002')] as const;
  const members = [
    [memberOf(near), memberOf(near)],
    [memberOf(far), memberOf(far)],
  ] as const;
  members.forEach((inside, i) => {
    for (const leg of inside) rooms[i]?.join(leg);
  });
  const trunk = scene.newCall('cascade trunk');
  calls.push(trunk);
  const out = callOut(scene, trunk, { sw: near, from: '3002', to: '3002', after: [scene.site.proxy, far] });
  addCallId(trunk, out.sip.callId);
  const arrived = arriveAt(scene, trunk, far, { from: '3002', to: '3002', callId: out.sip.callId });
  answer(scene, out);
  arrived.answerState = 'answered';
  arrived.emit('CHANNEL_ANSWER');
  const inside: Leg = { ...out, channel: arrived };
  rooms[0].join(out);
  rooms[1].join(inside);
  scene.wait(120 * SECOND);
  for (const leg of members.flat()) hangUp(scene, leg, 'phone');
  hangUp(scene, out, 'switch');
  hangUp(scene, inside, 'nobody');
  linkCalls(calls);
};

/** A supervisor listens to several calls with one leg. */
export const eavesdropper: Topology = (scene) => {
  const spyCall = scene.newCall('eavesdropper');
  const spy = callIn(scene, spyCall, { from: '1900', to: '*33' });
  answer(scene, spy);
  for (let i = 0; i < 3; i++) {
    const [a, b] = talkingPair(scene, scene.newCall('listened to'));
    execute(spy.channel, 'eavesdrop', a.channel.uuid);
    linkCalls([spyCall, a.call]);
    talkFor(scene, 10 * SECOND, a.channel, b.channel);
    partPair(scene, a, b);
  }
  hangUp(scene, spy, 'phone');
};
