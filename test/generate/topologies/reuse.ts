import { talkFor } from '../bridge.ts';
import { HOUR, SECOND, type Topology } from '../scene.ts';
import { answer, callIn, callOut, hangUp, ring } from '../switch-legs.ts';
import { partPair, talkingPair } from './basic.ts';

/** A poor phone gives every call the same Call-ID. */
export const reusedCallId: Topology = (scene) => {
  const callId = `${scene.random.hex(16)}@10.1.2.3`;
  for (let i = 0; i < 2; i++) {
    const call = scene.newCall('Call-ID used again');
    const [a, b] = talkingPair(scene, call, callIn(scene, call, { callId }));
    talkFor(scene, 30 * SECOND, a.channel, b.channel);
    partPair(scene, a, b);
    scene.wait(2 * HOUR);
  }
};

/** A program that originates every call with the same uuid. */
export const reusedUuid: Topology = (scene) => {
  const uuid = `job-${scene.random.hex(6)}`;
  for (let i = 0; i < 2; i++) {
    const call = scene.newCall('origination_uuid used again');
    const leg = callOut(scene, call, { uuid });
    ring(scene, leg);
    scene.wait(SECOND);
    answer(scene, leg);
    scene.wait(20 * SECOND);
    hangUp(scene, leg, 'phone');
    scene.wait(2 * HOUR);
  }
};
