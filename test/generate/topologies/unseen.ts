import { MS, type Scene, SECOND, type Topology } from '../scene.ts';
import { openSipLeg, type SipLeg } from '../sip-leg.ts';
import type { TrueCall } from '../truth.ts';

/**
 * A box that nobody hears and that makes a new dialog of each call, passing on nothing but the numbers: an Asterisk
 * without AMI, a carrier's session border controller. The proxy before and behind it is all that is seen.
 */
const BOX = { ip: '10.9.9.9', port: 5060, clockUs: 0 };

function openOut(scene: Scene, call: TrueCall, fromUser: string): SipLeg {
  return openSipLeg(scene, call, {
    callId: `${scene.random.hex(12)}@box`,
    fromUser,
    toUser: scene.numbers.calleeRewritten,
    domain: scene.numbers.domain,
    path: [BOX, scene.site.proxy, scene.phone()],
  });
}

/** @param hidesCaller the box writes a number of its own in place of the caller's */
export const unseenBox = (hidesCaller = false): Topology => {
  return (scene) => {
    const call = scene.newCall('unseen box');
    const into = openSipLeg(scene, call, {
      callId: `${scene.random.hex(12)}@phone`,
      fromUser: scene.numbers.caller,
      toUser: scene.numbers.callee,
      domain: scene.numbers.domain,
      path: [scene.phone(), scene.site.proxy, BOX],
    });
    into.invite();
    scene.wait(scene.random.int(1, 60) * MS);
    const caller = hidesCaller ? '+14155550000' : scene.numbers.caller;
    if (scene.random.chance(0.3)) {
      const failed = openOut(scene, call, caller);
      failed.invite();
      failed.refuse(503);
      scene.wait(5 * MS);
    }
    const out = openOut(scene, call, caller);
    out.invite();
    out.ring();
    into.ring();
    scene.wait(scene.random.int(1, 8) * SECOND);
    if (scene.random.chance(0.3)) {
      out.refuse(486);
      into.refuse(486);
      return;
    }
    out.answer();
    into.answer();
    scene.wait(scene.random.int(2, 60) * SECOND);
    into.bye('caller');
    scene.wait(3 * MS);
    out.bye('caller');
  };
};
