import { bridge, talkFor, unbridge, uuidBridge } from '../bridge.ts';
import { addCallId, addChannel, MS, type Scene, SECOND, type Topology } from '../scene.ts';
import { answer, callIn, callOut, execute, giveUp, hangUp, type Leg, ring } from '../switch-legs.ts';
import type { TrueCall } from '../truth.ts';

function queueEvent(leg: Leg, action: string, member: Leg, agent?: Leg): void {
  leg.channel.emit('CUSTOM', {
    'Event-Subclass': 'callcenter::info',
    'CC-Queue': 'support@default',
    'CC-Action': action,
    'CC-Member-UUID': 'queue-entry-1',
    'CC-Member-Session-UUID': member.channel.uuid,
    ...(agent === undefined ? {} : { 'CC-Agent-UUID': agent.channel.uuid }),
  });
}

function joinQueue(scene: Scene, call: TrueCall): Leg {
  const member = callIn(scene, call, { from: `+1415555${scene.random.int(1000, 9999)}`, to: '7000' });
  answer(scene, member);
  execute(member.channel, 'callcenter', 'support@default');
  queueEvent(member, 'member-queue-start', member);
  return member;
}

/** The queue calls its agents, all at once; they have no originator, but a variable names the caller. */
export const ringAllQueue: Topology = (scene) => ringAll(scene.random.int(1, 4))(scene);

export const ringAll =
  (count: number): Topology =>
  (scene) => {
    const call = scene.newCall('callcenter ring-all');
    const member = joinQueue(scene, call);
    scene.wait(3 * SECOND);
    const agents = Array.from({ length: count }, (_, i) =>
      callOut(scene, call, {
        to: `740${i}`,
        variables: { cc_member_session_uuid: member.channel.uuid, cc_agent_type: 'callback', cc_side: 'agent' },
      }),
    );
    for (const agent of agents) ring(scene, agent);
    scene.wait(4 * SECOND);
    const winner = scene.random.pick(agents);
    answer(scene, winner);
    uuidBridge(scene, member.channel, winner.channel);
    for (const loser of agents.filter((agent) => agent !== winner)) giveUp(scene, loser, 'LOSE_RACE');
    queueEvent(winner, 'bridge-agent-start', member, winner);
    talkFor(scene, 40 * SECOND, member.channel, winner.channel);
    member.sip.bye('caller');
    unbridge(scene, member.channel, winner.channel);
    hangUp(scene, member, 'nobody');
    queueEvent(winner, 'bridge-agent-end', member, winner);
    queueEvent(member, 'member-queue-end', member, winner);
    hangUp(scene, winner, 'switch');
  };

export const abandonedQueue: Topology = (scene) => {
  const member = joinQueue(scene, scene.newCall('callcenter abandoned'));
  scene.wait(scene.random.int(2, 60) * SECOND);
  hangUp(scene, member, 'phone');
  queueEvent(member, 'member-queue-end', member);
};

export interface StandbyOptions {
  readonly callers: number;
  /** Between the end of one talk and the next. */
  readonly pauseUs: number;
}

/** uuid-standby: the agent logs in once and one leg of his serves caller after caller. Each caller is a call. */
export const standbyAgent =
  ({ callers, pauseUs }: StandbyOptions): Topology =>
  (scene) => {
    const shift = scene.newCall('agent on standby');
    const agent = callIn(scene, shift, { from: '7401', to: '*70' });
    answer(scene, agent);
    execute(agent.channel, 'playback', 'local_stream://moh');
    for (let i = 0; i < callers; i++) {
      const call = scene.newCall('served by standby agent');
      const member = joinQueue(scene, call);
      addChannel(call, agent.channel.uuid);
      addCallId(call, agent.sip.callId);
      scene.wait(2 * SECOND);
      agent.channel.variables.set('cc_agent_type', 'uuid-standby');
      agent.channel.variables.set('cc_member_session_uuid', member.channel.uuid);
      uuidBridge(scene, member.channel, agent.channel);
      queueEvent(agent, 'bridge-agent-start', member, agent);
      talkFor(scene, scene.random.int(10, 60) * SECOND, member.channel, agent.channel);
      member.sip.bye('caller');
      unbridge(scene, member.channel, agent.channel);
      hangUp(scene, member, 'nobody');
      queueEvent(agent, 'bridge-agent-end', member, agent);
      queueEvent(member, 'member-queue-end', member, agent);
      execute(agent.channel, 'playback', 'local_stream://moh');
      scene.wait(pauseUs);
      agent.channel.emit('SESSION_HEARTBEAT');
    }
    hangUp(scene, agent, 'phone');
  };

/** mod_fifo calls an agent for who waits; the agent's leg bridges, so A and B are the other way round. */
export const fifo: Topology = (scene) => {
  const call = scene.newCall('fifo');
  const caller = callIn(scene, call, { to: '7100' });
  answer(scene, caller);
  execute(caller.channel, 'fifo', 'sales in');
  scene.wait(2 * SECOND);
  const agent = callOut(scene, call, {
    to: '7401',
    variables: { fifo_bridge_uuid: caller.channel.uuid, fifo_originate_uuid: scene.random.uuid() },
  });
  ring(scene, agent);
  scene.wait(3 * SECOND);
  answer(scene, agent);
  execute(agent.channel, 'fifo', 'sales out nowait');
  scene.wait(MS);
  bridge(scene, agent.channel, caller.channel);
  talkFor(scene, 30 * SECOND, agent.channel, caller.channel);
  caller.sip.bye('caller');
  hangUp(scene, caller, 'nobody');
  unbridge(scene, agent.channel, caller.channel);
  hangUp(scene, agent, 'switch');
};

/** A fifo consumer who stays on the line: his leg bridges to caller after caller, and goes on naming the last one. */
export const fifoConsumer: Topology = (scene) => {
  const shift = scene.newCall('fifo consumer');
  const agent = callIn(scene, shift, { from: '7402', to: '*71' });
  answer(scene, agent);
  execute(agent.channel, 'fifo', 'sales out wait');
  for (let i = scene.random.int(2, 12); i > 0; i--) {
    const call = scene.newCall('served by fifo consumer');
    addChannel(call, agent.channel.uuid);
    addCallId(call, agent.sip.callId);
    const caller = callIn(scene, call, { to: '7100' });
    answer(scene, caller);
    execute(caller.channel, 'fifo', 'sales in');
    scene.wait(2 * SECOND);
    agent.channel.otherLeg = '';
    bridge(scene, agent.channel, caller.channel);
    talkFor(scene, scene.random.int(10, 90) * SECOND, agent.channel, caller.channel);
    caller.sip.bye('caller');
    hangUp(scene, caller, 'nobody');
    unbridge(scene, agent.channel, caller.channel);
    // Pauses are longer than a hand-over: a shorter one looks like a transfer from one caller to the next.
    scene.wait(20 * SECOND);
    agent.channel.emit('SESSION_HEARTBEAT');
  }
  hangUp(scene, agent, 'phone');
};
