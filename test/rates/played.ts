import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { talkFor } from '../generate/bridge.ts';
import { openChannel } from '../generate/channel.ts';
import { createRandom } from '../generate/random.ts';
import { createScene, MS, type Scene, SECOND } from '../generate/scene.ts';
import { openSipLeg, type SipLeg } from '../generate/sip-leg.ts';
import { createSite } from '../generate/site.ts';
import { callIn, callOut, endChannel, giveUp, type Leg, ring } from '../generate/switch-legs.ts';
import { connect, partPair } from '../generate/topologies/basic.ts';

/** Something that happens to one caller. */
export type Play = (scene: Scene) => void;

/** A leg from the carrier through the proxy, which alone is listened to. */
function leg(scene: Scene): SipLeg {
  return openSipLeg(scene, scene.newCall('bare'), {
    callId: `${scene.random.hex(16)}@bare`,
    fromUser: scene.numbers.caller,
    toUser: scene.numbers.callee,
    domain: scene.numbers.domain,
    path: [CARRIER, scene.site.proxy, scene.phone()],
  });
}

const CARRIER = { ip: '203.0.113.5', port: 5060, clockUs: 0 };
/** What the operator calls it. */
export const HOSTS = { '203.0.113.5': 'carrier-a' };

const invited = (scene: Scene, rings: boolean): SipLeg => {
  const one = leg(scene);
  one.invite();
  scene.wait(500 * MS);
  if (rings) one.ring();
  scene.wait(2 * SECOND);
  return one;
};

export const refused =
  (status: number, rings = false): Play =>
  (scene) =>
    invited(scene, rings).refuse(status);

export const cancelled =
  (rings: boolean): Play =>
  (scene) =>
    invited(scene, rings).cancel();

/** Answered after a ring of 2 s, talked for ten, and ended with a BYE; `bye` says what becomes of that. */
export const answered =
  ({ repeated = false, bye = 200 }: { readonly repeated?: boolean; readonly bye?: number } = {}): Play =>
  (scene) => {
    const one = leg(scene);
    one.invite();
    if (repeated) one.request('caller', 'INVITE', { ...one.invited(), sdp: one.sdp('caller') });
    scene.wait(500 * MS);
    one.ring();
    scene.wait(2 * SECOND);
    one.answer();
    if (repeated) one.respond(one.invited(), 200, { sdp: one.sdp('callee') });
    scene.wait(10 * SECOND);
    const sent = one.request('callee', 'BYE');
    scene.wait(40 * MS);
    if (repeated) one.request('callee', 'BYE', sent);
    if (bye > 0) one.respond(sent, bye);
  };

/** A challenge, and the INVITE with the password under the same Call-ID, which is answered. */
export const challenged: Play = (scene) => {
  const one = leg(scene);
  one.invite();
  one.refuse(407);
  one.invite();
  scene.wait(SECOND);
  one.ring();
  scene.wait(SECOND);
  one.answer();
  scene.wait(5 * SECOND);
  one.bye('caller');
};

/** An INVITE, repeated by its sender, to which nobody says a word. */
export const unanswered: Play = (scene) => {
  const one = leg(scene);
  const sent = one.request('caller', 'INVITE', { inDialog: false, sdp: one.sdp('caller') });
  scene.wait(500 * MS);
  one.request('caller', 'INVITE', { ...sent, sdp: one.sdp('caller') });
};

const inbound = (scene: Scene, call = scene.newCall('fork')): Leg =>
  callIn(scene, call, { before: [CARRIER, scene.site.proxy] });

/** Three phones ring at once: one answers, and the switch withdraws from the two others. */
export const forked: Play = (scene) => {
  const call = scene.newCall('fork');
  const a = inbound(scene, call);
  const parent = { leg: a.channel, by: 'bridge' } as const;
  const [winner, ...losers] = [0, 1, 2].map((i) => callOut(scene, call, { to: `${scene.numbers.callee}${i}`, parent }));
  if (winner === undefined) throw new Error('three phones were called');
  ring(scene, winner, a);
  for (const loser of losers) ring(scene, loser);
  scene.wait(2 * SECOND);
  for (const loser of losers) giveUp(scene, loser, 'LOSE_RACE');
  connect(scene, a, winner);
  talkFor(scene, 10 * SECOND, a.channel, winner.channel);
  partPair(scene, a, winner, a);
};

/** The switch has no gateway that works: the outbound leg ends before anything is sent, the caller gets a 503. */
export const refusedHere: Play = (scene) => {
  const call = scene.newCall('no gateway');
  const a = inbound(scene, call);
  const b = openChannel(scene, call, {
    ...{ uuid: scene.random.uuid(), sw: scene.sw, direction: 'outbound' },
    ...{ from: scene.numbers.caller, to: scene.numbers.callee },
  });
  b.otherType = 'originator';
  b.otherLeg = a.channel.uuid;
  b.emit('CHANNEL_OUTGOING');
  b.variables.set('originating_leg_uuid', a.channel.uuid);
  b.emit('CHANNEL_CREATE');
  endChannel(scene, b, 'GATEWAY_DOWN');
  a.sip.refuse(503);
  endChannel(scene, a.channel, 'GATEWAY_DOWN');
};

/** What the sensors and the switches of a site saw of it, and when it was over; a site for each, as each is passed on alone. */
export function play(one: Play, seed: number, atUs: number, callee: string): { seen: CaptureEvent[]; overUs: number } {
  const site = createSite(createRandom(seed));
  const [sw] = site.switches;
  if (sw === undefined) throw new Error('a site has a switch');
  const numbers = { caller: `+1415555${1000 + seed}`, callee, calleeRewritten: callee, domain: 'site.example' };
  const scene = createScene(site, { atUs, sw, numbers });
  one(scene);
  return { seen: site.sightings().map(({ seen }) => seen), overUs: scene.now() };
}
