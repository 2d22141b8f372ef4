import { MS, type Scene, SECOND } from '../../generate/scene.ts';
import { answer, callIn, callOut, endChannel, execute, type Leg } from '../../generate/switch-legs.ts';
import { connect, talkingPair } from '../../generate/topologies/basic.ts';
import type { Script } from '../script.ts';
import { type Counted, counted, talk } from './heard.ts';

/** Packets of somebody who talks for so many seconds. */
const both = (seconds: number): Counted => ({ inMedia: 50 * seconds, outMedia: 50 * seconds });
const silent = (seconds: number, inMedia = 0): Counted => ({ inMedia, outMedia: 50 * seconds });
const deaf = (seconds: number): Counted => ({ inMedia: 50 * seconds, outMedia: 0 });

const pairWith = (scene: Scene, sdp: (text: string) => string): [Leg, Leg] => {
  const call = scene.newCall('media');
  const tells = { sdp };
  return talkingPair(scene, call, callIn(scene, call, { tells }), { out: { tells } });
};

/** Somebody answers within a moment and without ringing. */
function fastAnswer(scene: Scene, gateway: boolean): [Leg, Leg] {
  const call = scene.newCall('fast answer');
  const a = callIn(scene, call);
  const parent = { leg: a.channel, by: 'bridge' } as const;
  const b = callOut(scene, call, { parent, ...(gateway ? { variables: { sip_gateway_name: 'carrier-a' } } : {}) });
  scene.wait(300 * MS);
  connect(scene, a, b);
  return [a, b];
}

/** What is heard, by what the switch counted. */
export const media: readonly Script[] = [
  {
    name: 'a caller of whom no packet comes, while the called side is heard',
    expect: ['one_way_audio'],
    play: (scene) => talk(scene, talkingPair(scene), 40, silent(40), deaf(40)),
  },
  {
    name: 'a called side of whom a tenth of a second comes, and then nothing',
    expect: ['one_way_audio'],
    play: (scene) => talk(scene, talkingPair(scene), 40, { inMedia: 2000, outMedia: 5 }, silent(40, 5)),
  },
  {
    name: 'a pair that is heard on both sides',
    expect: [],
    play: (scene) => talk(scene, talkingPair(scene), 40, both(40), both(40)),
  },
  {
    name: 'a pair of test callers that send no media at all',
    expect: [],
    play: (scene) => talk(scene, talkingPair(scene), 40, { inMedia: 0, outMedia: 0 }, { inMedia: 0, outMedia: 0 }),
  },
  {
    name: 'a pair without media to whom the switch plays music',
    expect: [],
    play: (scene) => talk(scene, talkingPair(scene), 40, silent(40), silent(40)),
  },
  {
    name: 'a switch that says nothing of media, as with bypass media',
    expect: [],
    play: (scene) => talk(scene, talkingPair(scene), 40),
  },
  {
    name: 'a switch that hands media on unread',
    expect: [],
    play(scene) {
      const call = scene.newCall('proxy media');
      const a = callIn(scene, call, { variables: { proxy_media: 'true' } });
      const out = { variables: { proxy_media: 'true' } };
      return talk(scene, talkingPair(scene, call, a, { out }), 40, silent(40), deaf(40));
    },
  },
  {
    name: 'a call of two seconds of which nothing was heard yet',
    expect: [],
    play: (scene) => talk(scene, talkingPair(scene), 2, silent(2), deaf(2)),
  },
  {
    name: 'a caller who was on hold and sent nothing',
    expect: [],
    play(scene) {
      const [a, b] = talkingPair(scene);
      a.channel.emit('CHANNEL_HOLD');
      a.sip.reinvite('caller', 'sendonly');
      return talk(scene, [a, b], 60, silent(60), deaf(60));
    },
  },
  {
    name: 'a called side that agreed to listen only',
    expect: [],
    play: (scene) =>
      talk(
        scene,
        pairWith(scene, (text) => text.replace('sendrecv', 'sendonly')),
        30,
        silent(30),
        deaf(30),
      ),
  },
  {
    name: 'a listener who sends comfort noise between a few words',
    expect: [],
    play: (scene) =>
      talk(scene, talkingPair(scene), 60, { inMedia: 90, outMedia: 3000, cng: 12 }, { inMedia: 3000, outMedia: 90 }),
  },
  {
    name: 'a listener whose codec is silent between words',
    expect: [],
    play: (scene) =>
      talk(
        scene,
        pairWith(scene, (text) => text.replace('RTP/AVP 0 8 101', 'RTP/AVP 18 101')),
        60,
        { inMedia: 90, outMedia: 3000 },
        { inMedia: 3000, outMedia: 90 },
      ),
  },
  {
    name: 'an announcement to a caller who sends nothing',
    expect: [],
    play(scene) {
      const a = callIn(scene, scene.newCall('announcement'));
      answer(scene, a);
      execute(a.channel, 'playback', '/sounds/closed.wav');
      scene.wait(20 * SECOND);
      a.sip.bye('caller');
      endChannel(scene, a.channel, 'NORMAL_CLEARING', counted(silent(20)));
      return a.sip.callId;
    },
  },
  {
    name: 'a caller whose packets come with many flaws, and a called side whose packets come well',
    expect: ['poor_quality'],
    play: (scene) =>
      talk(scene, talkingPair(scene), 60, { ...both(60), quality: '58.20' }, { ...both(60), quality: '99.10' }),
  },
  {
    name: 'a caller whose packets come with a few flaws',
    expect: [],
    play: (scene) => talk(scene, talkingPair(scene), 60, { ...both(60), quality: '91.00' }, both(60)),
  },
  {
    name: 'a switch that says the best of a caller of whom it heard nothing',
    expect: ['one_way_audio'],
    play: (scene) => talk(scene, talkingPair(scene), 30, { ...silent(30), quality: '0.00' }, deaf(30)),
  },
  {
    name: 'a gateway that answers at once, without ringing and without a sound',
    expect: ['false_answer'],
    play: (scene) => talk(scene, fastAnswer(scene, true), 8, { inMedia: 400, outMedia: 0 }, silent(8)),
  },
  {
    name: 'a gateway that answers at once with an announcement',
    expect: [],
    play: (scene) => talk(scene, fastAnswer(scene, true), 8, both(8), both(8)),
  },
  {
    name: 'a phone that answers at once and is silent',
    expect: ['one_way_audio'],
    play: (scene) => talk(scene, fastAnswer(scene, false), 8, { inMedia: 400, outMedia: 0 }, silent(8)),
  },
];
