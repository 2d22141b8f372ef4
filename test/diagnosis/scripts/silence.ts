import { MINUTE, MS, type Scene, SECOND } from '../../generate/scene.ts';
import { openSipLeg, type SipLeg } from '../../generate/sip-leg.ts';
import { callIn, callOut, endChannel, giveUp, ring } from '../../generate/switch-legs.ts';
import type { Script } from '../script.ts';

/** A leg as a proxy alone saw it: no switch, no events. */
function bareLeg(scene: Scene): SipLeg {
  return openSipLeg(scene, scene.newCall('bare'), {
    callId: `${scene.random.hex(16)}@bare`,
    fromUser: scene.numbers.caller,
    toUser: scene.numbers.callee,
    domain: scene.numbers.domain,
    path: [scene.phone(), scene.site.proxy, scene.phone()],
  });
}

/** Nobody says anything, or not enough. */
export const silence: readonly Script[] = [
  {
    name: 'a host that never answers an INVITE',
    expect: ['no_response'],
    play(scene) {
      const leg = bareLeg(scene);
      const sent = leg.request('caller', 'INVITE', { inDialog: false, sdp: leg.sdp('caller') });
      for (let wait = 500 * MS; wait <= 16 * SECOND; wait *= 2) {
        scene.wait(wait);
        leg.request('caller', 'INVITE', { ...sent, sdp: leg.sdp('caller') });
      }
      leg.respond(sent, 408, { phrase: 'Request Timeout', hops: 1 });
      return leg.callId;
    },
  },
  {
    name: 'a host that never answers, and a caller who says no more',
    expect: ['no_response'],
    play(scene) {
      const leg = bareLeg(scene);
      const sent = leg.request('caller', 'INVITE', { inDialog: false, sdp: leg.sdp('caller') });
      scene.wait(500 * MS);
      leg.request('caller', 'INVITE', { ...sent, sdp: leg.sdp('caller') });
      return leg.callId;
    },
  },
  {
    name: 'a gateway that says 100 and nothing more',
    expect: ['slow_gateway_timeout'],
    play(scene) {
      const call = scene.newCall('slow');
      const a = callIn(scene, call);
      const b = callOut(scene, call, {
        parent: { leg: a.channel, by: 'bridge' },
        variables: { sip_gateway_name: 'carrier-a' },
      });
      scene.wait(MINUTE);
      giveUp(scene, b, 'PROGRESS_TIMEOUT');
      a.sip.refuse(480);
      endChannel(scene, a.channel, 'PROGRESS_TIMEOUT');
      return a.sip.callId;
    },
  },
  {
    name: 'a caller who gives up while it rings',
    expect: ['caller_gave_up'],
    play(scene) {
      const leg = bareLeg(scene);
      leg.invite();
      scene.wait(SECOND);
      leg.ring();
      scene.wait(8 * SECOND);
      leg.cancel();
      return leg.callId;
    },
  },
  {
    name: 'a caller who gives up before anything rings',
    expect: ['caller_gave_up'],
    play(scene) {
      const leg = bareLeg(scene);
      leg.invite();
      scene.wait(12 * SECOND);
      leg.cancel();
      return leg.callId;
    },
  },
  {
    name: 'a caller through a switch who gives up',
    expect: ['caller_gave_up'],
    play(scene) {
      const call = scene.newCall('cancelled');
      const a = callIn(scene, call);
      const b = callOut(scene, call, { parent: { leg: a.channel, by: 'bridge' } });
      ring(scene, b, a);
      scene.wait(9 * SECOND);
      a.sip.cancel();
      endChannel(scene, a.channel, 'ORIGINATOR_CANCEL');
      giveUp(scene, b, 'ORIGINATOR_CANCEL');
      return a.sip.callId;
    },
  },
  {
    name: 'a CANCEL that crosses the answer',
    expect: ['cancel_race'],
    play(scene) {
      const leg = bareLeg(scene);
      leg.invite();
      leg.ring();
      scene.wait(4 * SECOND);
      const { cseq, branches } = leg.invited();
      const cancel = leg.request('caller', 'CANCEL', { inDialog: false, cseq, branches });
      leg.answer();
      leg.respond(cancel, 481, { phrase: 'Call/Transaction Does Not Exist' });
      scene.wait(20 * MS);
      leg.bye('caller');
      return leg.callId;
    },
  },
  {
    name: 'an answer that never reaches the caller, who repeats the INVITE and cancels',
    expect: ['answer_not_received'],
    play(scene) {
      const leg = bareLeg(scene);
      leg.invite();
      leg.ring();
      scene.wait(2 * SECOND);
      leg.answer({ ack: false });
      for (let wait = 500 * MS; wait <= 4 * SECOND; wait *= 2) {
        scene.wait(wait);
        leg.respond(leg.invited(), 200, { sdp: leg.sdp('callee') });
      }
      const { cseq, branches } = leg.invited();
      leg.request('caller', 'CANCEL', { inDialog: false, cseq, branches });
      scene.wait(10 * SECOND);
      leg.bye('callee');
      return leg.callId;
    },
  },
  {
    name: 'a BYE that is sent again and again before it is answered',
    expect: ['retransmission_storm'],
    play(scene) {
      const leg = bareLeg(scene);
      leg.invite();
      leg.ring();
      leg.answer();
      scene.wait(MINUTE);
      const bye = leg.request('caller', 'BYE');
      for (let wait = 500 * MS; wait <= 4 * SECOND; wait *= 2) {
        scene.wait(wait);
        leg.request('caller', 'BYE', bye);
      }
      leg.respond(bye, 200);
      return leg.callId;
    },
  },
  {
    name: 'an INVITE that is sent twice before the proxy says 100',
    expect: [],
    play(scene) {
      const leg = bareLeg(scene);
      leg.invite();
      const { cseq, branches } = leg.invited();
      scene.wait(500 * MS);
      leg.request('caller', 'INVITE', { inDialog: false, cseq, branches, sdp: leg.sdp('caller') });
      leg.ring();
      scene.wait(3 * SECOND);
      leg.answer();
      scene.wait(MINUTE);
      leg.bye('callee');
      return leg.callId;
    },
  },
];
