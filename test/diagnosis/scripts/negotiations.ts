import { talkFor } from '../../generate/bridge.ts';
import { MINUTE, type Scene, SECOND } from '../../generate/scene.ts';
import type { Tells } from '../../generate/sip-leg.ts';
import { answer, callIn, callOut, endChannel, execute, refuse } from '../../generate/switch-legs.ts';
import { talkingPair } from '../../generate/topologies/basic.ts';
import type { Script } from '../script.ts';
import { type Counted, counted, talk } from './heard.ts';

const CRYPTO = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n';
const encrypted = (text: string): string => `${text.replace('RTP/AVP', 'RTP/SAVP')}${CRYPTO}`;
const ofCaller = (change: (text: string) => string): Tells => ({
  sdp: (text, side) => (side === 'caller' ? change(text) : text),
});
const withoutEvents = (text: string): string =>
  text.replace('0 8 101', '0 8').replace('a=rtpmap:101 telephone-event/8000\r\n', '');
const ofCallee = (change: (text: string) => string): Tells => ({
  sdp: (text, side) => (side === 'callee' ? change(text) : text),
});

/** The called side refuses what it is offered. */
function refusedOffer(scene: Scene, tells: Tells, lines: readonly string[] = []): string {
  const call = scene.newCall('refused offer');
  const a = callIn(scene, call);
  const b = callOut(scene, call, { parent: { leg: a.channel, by: 'bridge' }, tells });
  refuse(scene, b, 488, 'INCOMPATIBLE_DESTINATION', { lines });
  a.sip.refuse(488);
  endChannel(scene, a.channel, 'INCOMPATIBLE_DESTINATION');
  return a.sip.callId;
}

/** A menu asks for a key and none comes. */
function menu(scene: Scene, tells: Tells, last: Counted, play?: (a: ReturnType<typeof callIn>) => void): string {
  const a = callIn(scene, scene.newCall('menu'), { tells });
  answer(scene, a);
  execute(a.channel, 'play_and_get_digits', '1 1 3 5000 # menu.wav');
  scene.wait(5 * SECOND);
  play?.(a);
  scene.wait(15 * SECOND);
  a.sip.bye('caller');
  endChannel(scene, a.channel, 'NORMAL_CLEARING', counted(last));
  return a.sip.callId;
}

const spoken: Counted = { inMedia: 1000, outMedia: 1000 };

/** What offer and answer agree on, and what they do not. */
export const negotiations: readonly Script[] = [
  {
    name: 'a callee that takes no encrypted media',
    expect: ['encryption_mismatch'],
    play: (scene) => refusedOffer(scene, ofCaller(encrypted)),
  },
  {
    name: 'a callee that wants media encrypted',
    expect: ['encryption_mismatch'],
    play: (scene) => refusedOffer(scene, {}, ['Warning: 305 callee "SRTP is required"']),
  },
  {
    name: 'a callee that takes neither of the odd codecs of an encrypted offer',
    expect: ['codec_mismatch'],
    play: (scene) =>
      refusedOffer(
        scene,
        ofCaller((text) => encrypted(text).replace('SAVP 0 8 101', 'SAVP 4 15')),
      ),
  },
  {
    name: 'a call that the switch ends as it cannot decrypt it',
    expect: ['encryption_mismatch'],
    play(scene) {
      const [a, b] = talkingPair(scene);
      talkFor(scene, MINUTE, a.channel, b.channel);
      a.sip.bye('callee');
      endChannel(scene, a.channel, 'SRTP_READ_ERROR');
      b.sip.bye('caller');
      endChannel(scene, b.channel, 'NORMAL_CLEARING');
      return a.sip.callId;
    },
  },
  {
    name: 'an encrypted offer that is answered in the clear, and silence',
    expect: ['encryption_mismatch'],
    play(scene) {
      const call = scene.newCall('half encrypted');
      const pair = talkingPair(scene, call, callIn(scene, call, { tells: ofCaller(encrypted) }));
      return talk(scene, pair, 20, { inMedia: 0, outMedia: 1000 }, { inMedia: 1000, outMedia: 0 });
    },
  },
  {
    name: 'a call that is encrypted on one leg and not on the other',
    expect: [],
    play(scene) {
      const call = scene.newCall('encrypted');
      const pair = talkingPair(scene, call, callIn(scene, call, { tells: { sdp: encrypted } }));
      return talk(scene, pair, 20, spoken, spoken);
    },
  },
  {
    name: 'keys that are sent as INFO and refused',
    expect: ['dtmf_problem'],
    play(scene) {
      const [a, b] = talkingPair(scene);
      for (let i = 0; i < 3; i++) {
        const info = b.sip.request('caller', 'INFO', { lines: ['Content-Type: application/dtmf-relay'] });
        b.sip.respond(info, 415, { phrase: 'Unsupported Media Type' });
        scene.wait(SECOND);
      }
      return talk(scene, [a, b], 20);
    },
  },
  {
    name: 'keys that are sent as INFO and taken',
    expect: [],
    play(scene) {
      const [a, b] = talkingPair(scene);
      b.sip.respond(b.sip.request('caller', 'INFO', { lines: ['Content-Type: application/dtmf-relay'] }), 200);
      return talk(scene, [a, b], 20);
    },
  },
  {
    name: 'an INFO that has no key in it and is refused',
    expect: [],
    play(scene) {
      const [a, b] = talkingPair(scene);
      const info = b.sip.request('caller', 'INFO', { lines: ['Content-Type: application/media_control+xml'] });
      b.sip.respond(info, 415, { phrase: 'Unsupported Media Type' });
      return talk(scene, [a, b], 20);
    },
  },
  {
    name: 'a menu whose answer leaves out the telephone-event that was offered',
    expect: ['dtmf_problem'],
    play: (scene) => menu(scene, ofCallee(withoutEvents), spoken),
  },
  {
    name: 'a menu for a caller who can send no keys',
    expect: ['dtmf_problem'],
    play: (scene) => menu(scene, { sdp: withoutEvents }, spoken),
  },
  {
    name: 'a menu whose caller presses nothing',
    expect: [],
    play: (scene) => menu(scene, {}, spoken),
  },
  {
    name: 'a menu without telephone-event whose caller sends keys as INFO',
    expect: [],
    play: (scene) =>
      menu(scene, { sdp: withoutEvents }, spoken, ({ sip }) => {
        sip.respond(sip.request('caller', 'INFO', { lines: ['Content-Type: application/dtmf-relay'] }), 200);
      }),
  },
  {
    name: 'a menu that listens for tones in the speech',
    expect: [],
    play: (scene) =>
      menu(scene, { sdp: withoutEvents }, spoken, ({ channel }) => execute(channel, 'spandsp_start_dtmf')),
  },
  {
    name: 'a caller whose every key comes in RTP and as INFO',
    expect: ['dtmf_problem'],
    play: (scene) =>
      menu(scene, {}, { ...spoken, dtmf: 30 }, ({ channel }) => {
        for (const source of ['RTP', 'INFO', 'RTP', 'INFO']) channel.emit('DTMF', { 'DTMF-Source': source });
      }),
  },
];
