import { addCallId, type Scene, type Topology } from './scene.ts';
import { sipText, statusLine } from './sip-text.ts';

/** Requests that are no calls, and must join nothing: a phone's registration, and one host asking another if it lives. */

function exchange(scene: Scene, method: string, callId: string, from: string, to: string, cseq: number): void {
  const { site } = scene;
  const phone = scene.phone();
  const head = {
    vias: [`SIP/2.0/UDP ${phone.ip};branch=z9hG4bK${scene.random.hex(10)}`],
    from: `<sip:${from}>;tag=${scene.random.hex(6)}`,
    callId,
    cseq: `${cseq} ${method}`,
  };
  const packet = (toProxy: boolean, start: string, toTag: string): void =>
    site.packet({
      sensor: site.proxy,
      atUs: scene.now(),
      from: toProxy ? phone : site.proxy,
      to: toProxy ? site.proxy : phone,
      callId,
      payload: sipText({ ...head, start, to: `<sip:${to}>${toTag}` }),
      proves: [],
    });
  packet(true, `${method} sip:${to} SIP/2.0`, '');
  scene.wait(1_000);
  packet(false, statusLine(200), `;tag=${scene.random.hex(6)}`);
}

export const registration: Topology = (scene) => {
  const call = scene.newCall('registration');
  const callId = `${scene.random.hex(12)}@phone`;
  addCallId(call, callId);
  const user = `1001@${scene.numbers.domain}`;
  for (let cseq = 1; cseq <= 3; cseq++) {
    exchange(scene, 'REGISTER', callId, user, user, cseq);
    scene.site.event({
      sw: scene.sw,
      atUs: scene.now(),
      name: 'CUSTOM',
      headers: { 'Event-Subclass': 'sofia::register', 'call-id': callId, 'from-user': '1001' },
      proves: [],
    });
    scene.wait(1_800_000_000);
  }
};

export const keepAlive: Topology = (scene) => {
  const callId = `${scene.random.hex(8)}-${scene.random.int(1, 9999)}@10.0.0.10`;
  addCallId(scene.newCall('keep-alive'), callId);
  exchange(scene, 'OPTIONS', callId, 'dispatcher@localhost', '10.0.0.31', 10);
};
