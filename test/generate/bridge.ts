import type { Micros } from '../../core/model/capture-event.ts';
import { type Channel, pushVariable } from './channel.ts';
import { MS, type Scene } from './scene.ts';
import { execute } from './switch-legs.ts';

const ends = (a: Channel, b: Channel): Record<string, string> => ({
  'Bridge-A-Unique-ID': a.uuid,
  'Bridge-B-Unique-ID': b.uuid,
});

/** The dialplan's bridge, after `b` answered: from here on `a` names `b` as well. */
export function bridge(scene: Scene, a: Channel, b: Channel): void {
  a.otherType = 'originatee';
  a.otherLeg = b.uuid;
  if (b.otherLeg === '') {
    b.otherType = 'originator';
    b.otherLeg = a.uuid;
  }
  b.callUuid = a.callUuid;
  talk(scene, a, b);
}

/** A bridge made by the API or by a queue: both legs get a fresh caller profile that names the other. */
export function uuidBridge(scene: Scene, a: Channel, b: Channel): void {
  const epoch = Math.floor(scene.now() / 1_000_000);
  a.otherType = 'originatee';
  a.otherLeg = b.uuid;
  b.otherType = 'originator';
  b.otherLeg = a.uuid;
  a.callUuid = a.uuid;
  b.callUuid = b.uuid;
  a.bridgedUs = 0;
  b.bridgedUs = 0;
  pushVariable(a, 'transfer_history', `${epoch}:${scene.random.uuid()}:uuid_br:${b.uuid}`);
  pushVariable(b, 'transfer_history', `${epoch}:${scene.random.uuid()}:uuid_br:${a.uuid}`);
  execute(a, 'uuid_bridge', b.uuid);
  execute(b, 'uuid_bridge', a.uuid);
  talk(scene, a, b);
  b.callUuid = a.uuid;
}

function talk(scene: Scene, a: Channel, b: Channel): void {
  pair(a, b, 'signal_bond');
  a.bridgedUs = scene.site.tick(a.sw, scene.now());
  b.bridgedUs = scene.site.tick(b.sw, scene.now());
  a.emit('CHANNEL_BRIDGE', ends(a, b));
  scene.wait(MS);
  pair(a, b, 'bridge_uuid');
  pair(a, b, 'bridge_to');
  pair(a, b, 'last_bridge_to');
  a.emit('CALL_UPDATE', { 'Bridged-To': b.uuid });
  b.emit('CALL_UPDATE', { 'Bridged-To': a.uuid });
}

function pair(a: Channel, b: Channel, variable: string): void {
  a.variables.set(variable, b.uuid);
  b.variables.set(variable, a.uuid);
}

/** `a` leaves; the other leg stays in both profiles until something else takes its place. */
export function unbridge(scene: Scene, a: Channel, b: Channel): void {
  a.variables.delete('bridge_to');
  b.variables.delete('bridge_to');
  a.emit('CHANNEL_UNBRIDGE', ends(a, b));
  b.callUuid = b.uuid;
  scene.wait(MS);
}

/** Time passes while they talk; long calls say so now and then. */
export function talkFor(scene: Scene, us: Micros, ...channels: readonly Channel[]): void {
  const parts = 3;
  for (let i = 0; i < parts; i++) {
    scene.wait(Math.floor(us / parts));
    if (i + 1 < parts) for (const channel of channels) channel.emit('SESSION_HEARTBEAT');
  }
}
