import { PROTOCOL } from '../../../core/model/capture-event.ts';
import {
  audioCodes,
  polycom,
  publish,
  ringCentral,
  snom,
  type Told,
  yealink,
} from '../../core/media/telephone-reports.ts';
import { type Scene, SECOND } from '../../generate/scene.ts';
import type { Place } from '../../generate/site.ts';
import type { Leg } from '../../generate/switch-legs.ts';
import { talkingPair } from '../../generate/topologies/basic.ts';
import type { Script } from '../script.ts';
import { talk } from './heard.ts';

const PHONE: Place = { ip: '10.1.9.9', port: 40_001, clockUs: 0 };
const SWITCH: Place = { ip: '10.0.0.31', port: 20_001, clockUs: 0 };
const COLLECTOR: Place = { ip: '10.0.0.40', port: 5060, clockUs: 0 };
const SIGNALLING: Place = { ...PHONE, port: 5060 };
const ENDS = { local: { ip: PHONE.ip, port: 40_000 }, remote: { ip: SWITCH.ip, port: 20_000 } };

function send(scene: Scene, callId: string, protocol: number, from: Place, to: Place, payload: string): void {
  const { site } = scene;
  site.packet({
    ...{ sensor: site.proxy, atUs: scene.now(), from, to, callId, proves: [] },
    ...{ protocol, payload: Buffer.from(payload) },
  });
}

/** They talk, and the phone publishes when it has hung up. */
function published(scene: Scene, pair: readonly [Leg, Leg], ...bodies: readonly string[]): string {
  const key = talk(scene, pair, 40);
  for (const [i, body] of bodies.entries()) {
    scene.wait(SECOND);
    send(scene, '', PROTOCOL.sip, SIGNALLING, COLLECTOR, publish(body, `${i}_${key}@phone`));
  }
  return key;
}

const reportOf = (pair: readonly [Leg, Leg], more: Partial<Told> = {}): Told => ({
  ...{ callId: pair[0].sip.callId, ...ENDS },
  ...more,
});

/** As captagent writes a VoIP metrics block, its last brace lost. */
interface Xr {
  readonly loss?: number;
  readonly discard?: number;
  readonly r?: number;
  readonly mos?: number;
  readonly roundTrip?: number;
}
const captagent = ({ loss = 0, discard = 0, r = 127, mos = 127, roundTrip = 0 }: Xr): string =>
  `{"Extended_report_information":{"identifier":22, "loss_rate":${loss}, "discard_rate":${discard}, "burst_rate":0, ` +
  `"gap_rate":0, "burst_duration":0, "gap_duration":0, "round_trip_delay":${roundTrip}, "end_sys_delay":60, ` +
  `"signal_lev":127, "noise_lev":127, "RERL":127, "Gmin":16, "R_fact":${r}, "ext_R_fact":127, "MOS_LQ":${mos}, ` +
  `"MOS_CQ":${mos}, "RX_conf":[{"PLC":3, "JB_adapt":2, "JB_rate":5}], "JB_nom":40, "JB_max":80, "JB_abs_max":240}`;

/** As heplify writes it into RTCP's own type, beside zeros for all that an extended report does not have. */
const heplify = ({ loss = 0, discard = 0 }: Xr): string =>
  JSON.stringify({
    sender_information: { ntp_timestamp_sec: 0, ntp_timestamp_usec: 0, rtp_timestamp: 0, packets: 0, octets: 0 },
    ...{ ssrc: 11, type: 207, report_count: 0, report_blocks: null, sdes_ssrc: 0 },
    report_blocks_xr: {
      ...{ type: 7, id: 22, fraction_lost: loss, fraction_discard: discard, burst_density: 0, gap_density: 0 },
      ...{ burst_duration: 0, gap_duration: 0, round_trip_delay: 30, end_system_delay: 60 },
    },
  });

/** The phone of the caller's leg reports so every 5 s what it hears of the switch. */
function extended(scene: Scene, protocol: number, said: readonly string[]): string {
  const pair = talkingPair(scene);
  for (const text of said) {
    scene.wait(5 * SECOND);
    send(scene, pair[0].sip.callId, protocol, PHONE, SWITCH, text);
  }
  return talk(scene, pair, 5);
}

const times = (count: number, text: string): string[] => Array.from({ length: count }, () => text);

/** How speech sounded, by extended reports and by what telephones publish of a call when it is over. */
export const quality: readonly Script[] = [
  {
    name: 'a phone that tells over RTCP-XR alone that it loses 9 % and hears a MOS of 2.9',
    expect: ['poor_quality'],
    play: (scene) => extended(scene, PROTOCOL.rtcpXr, times(6, captagent({ loss: 23, r: 55, mos: 29 }))),
  },
  {
    name: 'a phone whose jitter buffer throws 8 % away, in extended reports beside RTCP',
    expect: ['poor_quality'],
    play: (scene) => extended(scene, PROTOCOL.rtcp, times(6, heplify({ discard: 20 }))),
  },
  {
    name: 'a phone that has lost nothing and tells a round trip of 700 ms over RTCP-XR',
    expect: ['poor_quality'],
    play: (scene) => extended(scene, PROTOCOL.rtcpXr, times(4, captagent({ roundTrip: 700 }))),
  },
  {
    name: 'a phone that publishes after the call that it has lost 9 % of it',
    expect: ['poor_quality'],
    play(scene) {
      const pair = talkingPair(scene);
      return published(scene, pair, yealink(reportOf(pair, { lossPercent: 9, mos: 2.8, r: 52 })));
    },
  },
  {
    name: 'a phone that publishes twice, as its first try was challenged, that it heard a MOS of 3.1',
    expect: ['poor_quality'],
    play(scene) {
      const pair = talkingPair(scene);
      const body = audioCodes(reportOf(pair, { mos: 3.1 }));
      return published(scene, pair, body, body);
    },
  },
  {
    name: 'a phone that publishes that its far end has lost 12 % of what it sent',
    expect: ['poor_quality'],
    play(scene) {
      const pair = talkingPair(scene);
      return published(scene, pair, snom(reportOf(pair, { lossPercent: 12 })));
    },
  },
  {
    name: 'a bad report of a phone that a collector passes on as HEP type 35 with addresses of its own making',
    expect: ['poor_quality'],
    play(scene) {
      const pair = talkingPair(scene);
      const key = talk(scene, pair, 40);
      const [from, to] = [
        { ...PHONE, ip: '1.1.1.1', port: 1111 },
        { ...SWITCH, ip: '2.2.2.2', port: 2222 },
      ];
      const body = yealink(reportOf(pair, { latePercent: 11 }));
      send(scene, key, PROTOCOL.rtcpXr, from, to, publish(body, `0_${key}@phone`));
      return key;
    },
  },
  {
    name: 'a phone whose extended reports have good figures, or say that there are none',
    expect: [],
    play: (scene) =>
      extended(scene, PROTOCOL.rtcpXr, [
        ...times(3, captagent({})),
        ...times(3, captagent({ loss: 1, r: 91, mos: 42 })),
      ]),
  },
  {
    name: 'a phone that lost much in its first seconds and little of the whole call',
    expect: [],
    play: (scene) =>
      extended(
        scene,
        PROTOCOL.rtcpXr,
        [26, 16, 9, 6, 5, 4].map((loss) => captagent({ loss, mos: 41 })),
      ),
  },
  {
    name: 'a phone that publishes a good call, with a buffer of a quarter of a second',
    expect: [],
    play(scene) {
      const pair = talkingPair(scene);
      return published(scene, pair, polycom(reportOf(pair)));
    },
  },
  {
    name: 'a browser that publishes zeros for what it does not know',
    expect: [],
    play(scene) {
      const pair = talkingPair(scene);
      return published(scene, pair, ringCentral(reportOf(pair)));
    },
  },
  {
    name: "a phone that publishes how bad somebody else's call was",
    expect: [],
    play(scene) {
      const pair = talkingPair(scene);
      const other = `${pair[0].sip.callId}x`;
      return published(
        scene,
        pair,
        yealink(reportOf(pair, { callId: other, lossPercent: 30, mos: 1.4 })),
        yealink(reportOf(pair, { callId: pair[0].sip.callId.toUpperCase(), lossPercent: 30, mos: 1.4 })),
      );
    },
  },
  {
    name: 'a phone that publishes losses of a call that was on hold for a while',
    expect: [],
    play(scene) {
      const pair = talkingPair(scene);
      pair[0].sip.reinvite('caller', 'sendonly');
      scene.wait(20 * SECOND);
      pair[0].sip.reinvite('caller', 'sendrecv');
      return published(scene, pair, yealink(reportOf(pair, { lossPercent: 40, mos: 2 })));
    },
  },
];
