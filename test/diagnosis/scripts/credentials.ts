import { type Scene, SECOND } from '../../generate/scene.ts';
import { openSipLeg, type SipLeg } from '../../generate/sip-leg.ts';
import type { Script } from '../script.ts';

function open(scene: Scene): SipLeg {
  return openSipLeg(scene, scene.newCall('credentials'), {
    callId: `${scene.random.hex(16)}@credentials`,
    fromUser: scene.numbers.caller,
    toUser: scene.numbers.callee,
    domain: scene.numbers.domain,
    path: [scene.phone(), scene.site.proxy],
  });
}

/** An INVITE, with credentials for this nonce where one is given, and what the proxy says to it. */
function tryOnce(leg: SipLeg, nonce: string, status: number, challenge?: string): void {
  const sent = leg.request('caller', 'INVITE', {
    ...{ inDialog: false, sdp: leg.sdp('caller') },
    ...(nonce === ''
      ? {}
      : { lines: [`Proxy-Authorization: Digest username="1001", realm="site", nonce="${nonce}", response="00"`] }),
  });
  const answered = status < 300;
  leg.respond(sent, status, {
    ...(challenge === undefined ? {} : { lines: [`Proxy-Authenticate: Digest realm="site", ${challenge}`] }),
    ...(answered ? { sdp: leg.sdp('callee') } : {}),
  });
  // The ACK of a refusal belongs to its transaction, that of an answer is one of its own.
  leg.request('caller', 'ACK', { cseq: sent.cseq, ...(answered ? {} : { branches: sent.branches }) });
}

/** Who may call, and who proves it in vain. */
export const credentials: readonly Script[] = [
  {
    name: 'a caller whose password is wrong and who is challenged again',
    expect: ['auth_failed'],
    play(scene) {
      const leg = open(scene);
      tryOnce(leg, '', 407, 'nonce="one"');
      tryOnce(leg, 'one', 407, 'nonce="two"');
      tryOnce(leg, 'two', 407, 'nonce="three"');
      return leg.callId;
    },
  },
  {
    name: 'a caller whose credentials are answered with 403',
    expect: ['auth_failed'],
    play(scene) {
      const leg = open(scene);
      tryOnce(leg, '', 407, 'nonce="one"');
      tryOnce(leg, 'one', 403);
      return leg.callId;
    },
  },
  {
    name: 'a caller whose nonce was stale and who is let in with the next',
    expect: [],
    play(scene) {
      const leg = open(scene);
      tryOnce(leg, 'old', 407, 'nonce="one", stale=true');
      tryOnce(leg, 'one', 200);
      scene.wait(20 * SECOND);
      leg.bye('caller');
      return leg.callId;
    },
  },
];
