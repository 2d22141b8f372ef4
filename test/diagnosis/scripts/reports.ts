import { type Scene, SECOND } from '../../generate/scene.ts';
import type { Place } from '../../generate/site.ts';
import { talkingPair } from '../../generate/topologies/basic.ts';
import type { Script } from '../script.ts';
import { report, talk } from './heard.ts';

interface Heard {
  readonly lostPercent?: number;
  readonly jitterMs?: number;
}

const EVERY_S = 5;
const PHONE: Place = { ip: '10.1.9.9', port: 40_001, clockUs: 0 };
const SWITCH: Place = { ip: '10.0.0.31', port: 20_001, clockUs: 0 };

/** Both ends of the caller's leg report every 5 s; `heard`: what the phone hears of the switch, interval by interval. */
function reporting(scene: Scene, heard: readonly (Heard | undefined)[], roundTripMs = 20): string {
  const pair = talkingPair(scene);
  const { callId } = pair[0].sip;
  // The clock of the switch is its own.
  const clock = (): number => scene.now() / 1_000_000 + 1234.5;
  for (const [i, one] of [{}, ...heard].entries()) {
    scene.wait(EVERY_S * SECOND);
    const packets = (i + 1) * EVERY_S * 50;
    const lsr = clock();
    report(scene, callId, {
      ...{ by: SWITCH, to: PHONE, packets, seconds: lsr },
      heard: { ssrc: 11, highest: 100 + packets },
    });
    scene.wait(SECOND / 2 + roundTripMs * 1000);
    report(scene, callId, {
      ...{ by: PHONE, to: SWITCH, packets, seconds: scene.now() / 1_000_000 },
      ...(one === undefined ? {} : { heard: { ...one, ssrc: 22, highest: 7000 + packets, lsr, since: 0.5 } }),
    });
  }
  return talk(scene, pair, 5);
}

const times = (count: number, heard: Heard | undefined): (Heard | undefined)[] =>
  Array.from({ length: count }, () => heard);

/** What is heard, by what the ends of a leg report over RTCP. */
export const reports: readonly Script[] = [
  {
    name: 'a phone that reports 8 % of loss all the time',
    expect: ['poor_quality'],
    play: (scene) => reporting(scene, times(6, { lostPercent: 8 })),
  },
  {
    name: 'a phone that reports 55 ms of jitter in a third of the call',
    expect: ['poor_quality'],
    play: (scene) => reporting(scene, [...times(4, {}), ...times(2, { jitterMs: 55 })]),
  },
  {
    name: 'a phone at the end of a satellite link',
    expect: ['poor_quality'],
    play: (scene) => reporting(scene, times(6, {}), 620),
  },
  {
    name: 'a phone that reports one bad moment in a good call',
    expect: [],
    play: (scene) => reporting(scene, [...times(4, {}), { lostPercent: 9 }, ...times(4, {})]),
  },
  {
    name: 'a phone that reports a little loss, a little jitter and a round trip of 150 ms',
    expect: [],
    play: (scene) => reporting(scene, times(8, { lostPercent: 1, jitterMs: 12 }), 150),
  },
  {
    name: 'a phone that speaks and says in every report that it hears nobody',
    expect: ['one_way_audio'],
    play(scene) {
      const pair = talkingPair(scene);
      const { callId } = pair[0].sip;
      for (let i = 1; i <= 4; i++) {
        scene.wait(EVERY_S * SECOND);
        const [packets, seconds] = [i * EVERY_S * 50, scene.now() / 1_000_000];
        report(scene, callId, { by: SWITCH, to: PHONE, packets, seconds, heard: { ssrc: 11, highest: packets } });
        report(scene, callId, { by: PHONE, to: SWITCH, packets, seconds });
      }
      return talk(scene, pair, 5);
    },
  },
  {
    name: 'a phone on hold that hears nobody and loses what it is sent',
    expect: [],
    play(scene) {
      const pair = talkingPair(scene);
      const { callId } = pair[0].sip;
      pair[0].sip.reinvite('caller', 'sendonly');
      for (let i = 1; i <= 4; i++) {
        scene.wait(EVERY_S * SECOND);
        const [packets, seconds] = [i * EVERY_S * 50, scene.now() / 1_000_000];
        report(scene, callId, {
          by: SWITCH,
          to: PHONE,
          packets,
          seconds,
          heard: { ssrc: 11, highest: packets, lostPercent: 50 },
        });
        report(scene, callId, { by: PHONE, to: SWITCH, packets, seconds });
      }
      return talk(scene, pair, 5);
    },
  },
];
