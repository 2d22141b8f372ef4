import { talkFor } from '../../generate/bridge.ts';
import { MINUTE, MS, type Scene, SECOND } from '../../generate/scene.ts';
import { endChannel, execute, type Leg } from '../../generate/switch-legs.ts';
import { talkingPair } from '../../generate/topologies/basic.ts';
import type { Script } from '../script.ts';

/** The switch ends both legs; `reason`: the Reason header that its BYEs carry. */
function endBoth(scene: Scene, a: Leg, b: Leg, cause: string, reason?: string): void {
  const lines = reason === undefined ? {} : { lines: [`Reason: ${reason}`] };
  a.sip.respond(a.sip.request('callee', 'BYE', lines), 200);
  endChannel(scene, a.channel, cause);
  b.sip.respond(b.sip.request('caller', 'BYE', lines), 200);
  endChannel(scene, b.channel, 'NORMAL_CLEARING');
}

/** How answered calls end that nobody hung up. */
export const endings: readonly Script[] = [
  {
    name: 'a call that the RTP timer ended',
    expect: ['media_timeout'],
    play(scene) {
      const [a, b] = talkingPair(scene);
      talkFor(scene, MINUTE, a.channel, b.channel);
      endBoth(scene, a, b, 'MEDIA_TIMEOUT', 'SIP;cause=804;text="MEDIA_TIMEOUT"');
      return a.sip.callId;
    },
  },
  {
    name: 'a call whose time ran out',
    expect: ['time_limit_reached'],
    play(scene) {
      const [a, b] = talkingPair(scene);
      talkFor(scene, 10 * MINUTE, a.channel, b.channel);
      endBoth(scene, a, b, 'ALLOTTED_TIMEOUT', 'SIP;cause=802;text="ALLOTTED_TIMEOUT"');
      return a.sip.callId;
    },
  },
  {
    name: 'a call that a program killed',
    expect: ['ended_by_api'],
    play(scene) {
      const [a, b] = talkingPair(scene);
      talkFor(scene, MINUTE, a.channel, b.channel);
      endBoth(scene, a, b, 'MANAGER_REQUEST', 'SIP;cause=703;text="MANAGER_REQUEST"');
      return a.sip.callId;
    },
  },
  {
    name: 'a call that the dialplan hung up',
    expect: ['hung_up_by_switch'],
    play(scene) {
      const [a, b] = talkingPair(scene);
      talkFor(scene, MINUTE, a.channel, b.channel);
      execute(a.channel, 'hangup');
      endBoth(scene, a, b, 'NORMAL_CLEARING');
      return a.sip.callId;
    },
  },
  {
    name: 'a session that nobody refreshed',
    expect: ['session_timer_expired'],
    play(scene) {
      const [a, b] = talkingPair(scene);
      talkFor(scene, 90 * SECOND, a.channel, b.channel);
      endBoth(scene, a, b, 'RECOVERY_ON_TIMER_EXPIRE', 'SIP;cause=408;text="Session timeout"');
      return a.sip.callId;
    },
  },
  {
    name: 'a call during which the switch was shut down',
    expect: ['interrupted'],
    play(scene) {
      const [a, b] = talkingPair(scene);
      talkFor(scene, MINUTE, a.channel, b.channel);
      endBoth(scene, a, b, 'SYSTEM_SHUTDOWN', 'Q.850;cause=16;text="SYSTEM_SHUTDOWN"');
      return a.sip.callId;
    },
  },
  {
    name: 'a re-INVITE into a dialog that the other side has forgotten',
    expect: ['dialog_lost_after_restart'],
    play(scene) {
      const [a, b] = talkingPair(scene);
      talkFor(scene, MINUTE, a.channel, b.channel);
      const sent = a.sip.request('caller', 'INVITE', { sdp: a.sip.sdp('caller', 'sendonly') });
      a.sip.respond(sent, 481, { phrase: 'Call/Transaction Does Not Exist' });
      scene.wait(200 * MS);
      a.sip.bye('caller');
      endChannel(scene, a.channel, 'NORMAL_CLEARING');
      b.sip.bye('caller');
      endChannel(scene, b.channel, 'NORMAL_CLEARING');
      return a.sip.callId;
    },
  },
];
