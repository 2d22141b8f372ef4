import { talkFor } from '../../generate/bridge.ts';
import { MS, SECOND } from '../../generate/scene.ts';
import { endChannel } from '../../generate/switch-legs.ts';
import { partPair, talkingPair } from '../../generate/topologies/basic.ts';
import type { Script } from '../script.ts';

/** Around the 200 and its ACK. */
export const answers: readonly Script[] = [
  {
    name: 'the caller never acknowledges the answer and the switch gives up after 32 s',
    expect: ['missing_ack'],
    play(scene) {
      const [a, b] = talkingPair(scene, undefined, undefined, { ack: false });
      let wait = 500 * MS;
      for (let waited = 0; waited + wait < 32 * SECOND; wait = Math.min(2 * wait, 4 * SECOND)) {
        scene.wait(wait);
        waited += wait;
        a.sip.respond(a.sip.invited(), 200, { sdp: a.sip.sdp('callee') });
      }
      scene.wait(SECOND);
      a.sip.bye('callee');
      endChannel(scene, a.channel, 'NORMAL_UNSPECIFIED');
      b.sip.bye('caller');
      endChannel(scene, b.channel, 'NORMAL_CLEARING');
      return a.sip.callId;
    },
  },
  {
    name: 'an answered call',
    expect: [],
    play(scene) {
      const [a, b] = talkingPair(scene);
      talkFor(scene, 40 * SECOND, a.channel, b.channel);
      partPair(scene, a, b);
      return a.sip.callId;
    },
  },
  {
    name: 'an answer that is repeated once because its ACK came late',
    expect: [],
    play(scene) {
      const [a, b] = talkingPair(scene, undefined, undefined, { ack: false });
      scene.wait(500 * MS);
      a.sip.respond(a.sip.invited(), 200, { sdp: a.sip.sdp('callee') });
      a.sip.request('caller', 'ACK', { cseq: a.sip.invited().cseq });
      talkFor(scene, 40 * SECOND, a.channel, b.channel);
      partPair(scene, a, b);
      return a.sip.callId;
    },
  },
];
