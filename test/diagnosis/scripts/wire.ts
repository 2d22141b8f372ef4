import { MINUTE, MS, type Scene, SECOND } from '../../generate/scene.ts';
import { openSipLeg, type SipLeg, type Tells } from '../../generate/sip-leg.ts';
import type { Place } from '../../generate/site.ts';
import { callIn } from '../../generate/switch-legs.ts';
import { talkingPair } from '../../generate/topologies/basic.ts';
import type { Script } from '../script.ts';
import { talk } from './heard.ts';

/** A phone as the site sees it from outside: the address of its NAT. */
const outside: Place = { ip: '203.0.113.77', port: 31_000, clockUs: 0 };

function outsideLeg(scene: Scene, tells: Tells, to: Place = scene.phone()): SipLeg {
  return openSipLeg(scene, scene.newCall('outside'), {
    callId: `${scene.random.hex(16)}@outside`,
    fromUser: scene.numbers.caller,
    toUser: scene.numbers.callee,
    domain: scene.numbers.domain,
    path: [outside, scene.site.proxy, to],
    tells,
  });
}

/** Sent as RFC 3261 §17.1.1.2 has it, and never answered. */
function repeat(scene: Scene, send: () => void): void {
  send();
  for (let wait = 500 * MS; wait <= 16 * SECOND; wait *= 2) {
    scene.wait(wait);
    send();
  }
}

const privateContact: Tells = { contacts: { caller: '192.168.1.20' } };
const CANDIDATES = Array.from(
  { length: 12 },
  (_, i) => `a=candidate:${i} 1 udp 2130706431 192.0.2.${i} ${50_000 + i} typ host generation 0\r\n`,
).join('');

/** A leg straight between two phones, of which a sensor at the caller's end alone tells. */
function fromProxy(scene: Scene): SipLeg {
  return openSipLeg(scene, scene.newCall('too big'), {
    callId: `${scene.random.hex(16)}@big`,
    fromUser: scene.numbers.caller,
    toUser: scene.numbers.callee,
    domain: scene.numbers.domain,
    path: [scene.site.proxy, scene.phone()],
  });
}

/** Challenged, and sent again with credentials and `sdp`. */
function withCredentials(scene: Scene, leg: SipLeg, sdp: string, answered: boolean): string {
  const first = leg.request('caller', 'INVITE', { inDialog: false, sdp: leg.sdp('caller') });
  leg.respond(first, 401, { lines: ['WWW-Authenticate: Digest realm="x", nonce="1"'] });
  leg.request('caller', 'ACK', { ...first, inDialog: true });
  const lines = ['Authorization: Digest username="1001", realm="x", nonce="1", response="0"'];
  const second = leg.request('caller', 'INVITE', { inDialog: false, sdp, lines });
  if (!answered) {
    for (let wait = 500 * MS; wait <= 16 * SECOND; wait *= 2) {
      scene.wait(wait);
      leg.request('caller', 'INVITE', { ...second, sdp, lines });
    }
    return leg.callId;
  }
  leg.respond(second, 200, { sdp: leg.sdp('callee') });
  leg.request('caller', 'ACK', { cseq: second.cseq });
  scene.wait(MINUTE);
  leg.bye('caller');
  return leg.callId;
}

/** Addresses that cannot be reached, and packets that are too large. */
export const wire: readonly Script[] = [
  {
    name: 'a phone behind a NAT that tells its own address, to which the BYE goes in vain',
    expect: ['nat_address_leak'],
    play(scene) {
      const leg = outsideLeg(scene, privateContact);
      leg.invite();
      leg.ring();
      leg.answer();
      scene.wait(MINUTE);
      const bye = leg.request('callee', 'BYE');
      for (let wait = 500 * MS; wait <= 4 * SECOND; wait *= 2) {
        scene.wait(wait);
        leg.request('callee', 'BYE', bye);
      }
      return leg.callId;
    },
  },
  {
    name: 'a phone behind a NAT that tells its own address and is reached all the same',
    expect: [],
    play(scene) {
      const leg = outsideLeg(scene, privateContact);
      leg.invite();
      leg.ring();
      leg.answer();
      scene.wait(MINUTE);
      leg.bye('callee');
      return leg.callId;
    },
  },
  {
    name: 'a switch that tells a caller outside its own address, to which no ACK finds its way',
    expect: ['nat_address_leak'],
    play(scene) {
      const leg = outsideLeg(scene, {});
      leg.invite();
      leg.ring();
      leg.answer({ ack: false });
      for (let wait = 500 * MS; wait <= 4 * SECOND; wait *= 2) {
        scene.wait(wait);
        leg.respond(leg.invited(), 200, { sdp: leg.sdp('callee') });
      }
      return leg.callId;
    },
  },
  {
    name: 'a switch that tells a phone outside to send its speech to a private address',
    expect: ['nat_address_leak'],
    play(scene) {
      const call = scene.newCall('private media');
      const a = callIn(scene, call, { before: [outside, scene.site.proxy] });
      return talk(
        scene,
        talkingPair(scene, call, a),
        30,
        { inMedia: 0, outMedia: 1500 },
        { inMedia: 1500, outMedia: 0 },
      );
    },
  },
  {
    name: 'a phone outside that is heard, whatever address it was told',
    expect: [],
    play(scene) {
      const call = scene.newCall('private media');
      const a = callIn(scene, call, { before: [outside, scene.site.proxy] });
      const heard = { inMedia: 1500, outMedia: 1500 };
      return talk(scene, talkingPair(scene, call, a), 30, heard, heard);
    },
  },
  {
    name: 'an INVITE that grows too large for UDP with its credentials',
    expect: ['message_too_big'],
    play(scene) {
      const leg = fromProxy(scene);
      return withCredentials(scene, leg, `${leg.sdp('caller')}${CANDIDATES}`, false);
    },
  },
  {
    name: 'a large INVITE over UDP that is answered',
    expect: [],
    play(scene) {
      const leg = fromProxy(scene);
      return withCredentials(scene, leg, `${leg.sdp('caller')}${CANDIDATES}`, true);
    },
  },
  {
    name: 'a small INVITE with credentials that is never answered',
    expect: ['no_response'],
    play(scene) {
      const leg = fromProxy(scene);
      return withCredentials(scene, leg, leg.sdp('caller'), false);
    },
  },
  {
    name: 'a large INVITE to a host that answers nothing at all',
    expect: ['no_response'],
    play(scene) {
      const leg = fromProxy(scene);
      const sent = leg.request('caller', 'INVITE', { inDialog: false, sdp: `${leg.sdp('caller')}${CANDIDATES}` });
      repeat(scene, () => leg.request('caller', 'INVITE', { ...sent, sdp: `${leg.sdp('caller')}${CANDIDATES}` }));
      return leg.callId;
    },
  },
];
