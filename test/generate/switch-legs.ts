import { type Channel, openChannel, pushVariable } from './channel.ts';
import { MS, type Scene } from './scene.ts';
import { openSipLeg, type ResponseParts, type SipLeg, type Tells } from './sip-leg.ts';
import type { Place, Switch } from './site.ts';
import type { TrueCall } from './truth.ts';

/** A channel with the dialog it speaks. */
export interface Leg {
  readonly channel: Channel;
  readonly sip: SipLeg;
  readonly call: TrueCall;
  /** The phone's side of the dialog: "caller" when the phone called the switch. */
  readonly phoneSide: 'caller' | 'callee';
}

export interface InboundOptions {
  readonly sw?: Switch;
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  /** `inbound-use-callid-as-uuid`, or a recovered leg. */
  readonly uuid?: string;
  readonly headers?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** Places before the switch; a phone and the site's proxy unless given. */
  readonly before?: readonly Place[];
  readonly tells?: Tells;
}

/** A phone calls the switch: INVITE, log line, CHANNEL_CREATE with the Call-ID, and the dialplan's first steps. */
export function callIn(scene: Scene, call: TrueCall, options: InboundOptions = {}): Leg {
  const sw = options.sw ?? scene.sw;
  const before = options.before ?? [scene.phone(), scene.site.proxy];
  const callId = options.callId ?? `${scene.random.hex(16)}@${before[0]?.ip ?? 'phone'}`;
  const from = options.from ?? scene.numbers.caller;
  const to = options.to ?? scene.numbers.callee;
  const sip = openSipLeg(scene, call, {
    callId,
    fromUser: from,
    toUser: to,
    rewrittenTo: scene.numbers.calleeRewritten,
    domain: scene.numbers.domain,
    path: [...before, sw],
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    ...(options.tells === undefined ? {} : { tells: options.tells }),
  });
  sip.invite();
  const channel = arriveAt(scene, call, sw, { from, to, callId, ...options });
  return { channel, sip, call, phoneSide: 'caller' };
}

/** The switch's side of an INVITE that reached it. */
export function arriveAt(
  scene: Scene,
  call: TrueCall,
  sw: Switch,
  options: {
    readonly from: string;
    readonly to: string;
    readonly callId: string;
    readonly uuid?: string;
    readonly variables?: Readonly<Record<string, string>>;
  },
): Channel {
  const { from, to, callId } = options;
  const channel = openChannel(scene, call, {
    uuid: options.uuid ?? scene.random.uuid(),
    sw,
    direction: 'inbound',
    from,
    to,
  });
  channel.log(
    `sofia/internal/${from} receiving invite from 10.0.0.10:5060 version: 1.10.12-release 64bit call-id: ${callId}`,
    callId,
  );
  channel.emit('CHANNEL_STATE');
  channel.variables.set('sip_call_id', callId);
  for (const [name, value] of Object.entries(options.variables ?? {})) channel.variables.set(name, value);
  scene.wait(2 * MS);
  channel.emit('CHANNEL_CREATE');
  execute(channel, 'set', 'hangup_after_bridge=true');
  return channel;
}

export interface OutboundOptions {
  readonly sw?: Switch;
  readonly from?: string;
  readonly to?: string;
  readonly uuid?: string;
  /** "bridge": the switch names the parent everywhere; "enterprise": in one variable; none: an originate of its own. */
  readonly parent?: { readonly leg: Channel; readonly by: 'bridge' | 'enterprise' };
  readonly variables?: Readonly<Record<string, string>>;
  readonly headers?: readonly string[];
  /** Places after the switch; the site's proxy and a phone unless given. */
  readonly after?: readonly Place[];
  readonly tells?: Tells;
}

/** The switch calls out: CHANNEL_OUTGOING, CREATE, ORIGINATE, INVITE. Its Call-ID is in no event yet. */
export function callOut(scene: Scene, call: TrueCall, options: OutboundOptions = {}): Leg {
  const sw = options.sw ?? scene.sw;
  const from = options.from ?? scene.numbers.caller;
  const to = options.to ?? scene.numbers.callee;
  const { parent } = options;
  const uuid = scene.random.uuid();
  const channel = openChannel(scene, call, { uuid: options.uuid ?? uuid, sw, direction: 'outbound', from, to });
  if (options.uuid !== undefined) channel.emit('CHANNEL_UUID', { 'Old-Unique-ID': uuid });
  if (options.uuid !== undefined) call.nodes.add(`u:${uuid}`);
  if (parent?.by === 'bridge') {
    channel.otherType = 'originator';
    channel.otherLeg = parent.leg.uuid;
  }
  channel.emit('CHANNEL_OUTGOING');
  for (const [name, value] of Object.entries(options.variables ?? {})) channel.variables.set(name, value);
  if (parent !== undefined) channel.variables.set('originating_leg_uuid', parent.leg.uuid);
  if (parent?.by === 'bridge') {
    channel.callUuid = parent.leg.callUuid;
    channel.variables.set('originator', parent.leg.uuid);
    channel.variables.set('signal_bond', parent.leg.uuid);
    pushVariable(parent.leg, 'originated_legs', `${channel.uuid};Outbound Call;${to}`);
  }
  const callId = sw.uuidAsCallId ? channel.uuid : `${scene.random.hex(8)}-${scene.random.hex(4)}-${sw.callIdTail}`;
  if (sw.uuidAsCallId) channel.variables.set('sip_call_id', callId);
  const sip = openSipLeg(scene, call, {
    callId,
    fromUser: from,
    toUser: to,
    domain: scene.numbers.domain,
    path: [sw, ...(options.after ?? [scene.site.proxy, scene.phone()])],
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    ...(options.tells === undefined ? {} : { tells: options.tells }),
  });
  const line = `sofia/internal/${to} sending invite call-id: ${sw.uuidAsCallId ? callId : '(null)'}`;
  channel.log(line, sw.uuidAsCallId ? callId : undefined);
  sip.invite();
  channel.emit('CHANNEL_CREATE');
  channel.emit('CHANNEL_ORIGINATE');
  return { channel, sip, call, phoneSide: 'callee' };
}

/** 180 from the callee: the first event that knows an outbound leg's Call-ID. */
export function ring(scene: Scene, b: Leg, a?: Leg): void {
  b.sip.ring();
  b.channel.variables.set('sip_call_id', b.sip.callId);
  b.channel.emit('CHANNEL_PROGRESS');
  scene.wait(MS);
  if (a === undefined) return;
  a.sip.ring();
  a.channel.emit('CHANNEL_PROGRESS');
}

export function answer(scene: Scene, leg: Leg, how: { readonly ack?: boolean } = {}): void {
  leg.sip.answer(how);
  leg.channel.variables.set('sip_call_id', leg.sip.callId);
  leg.channel.answerState = 'answered';
  leg.channel.emit('CHANNEL_ANSWER');
  scene.wait(MS);
}

export function execute(channel: Channel, application: string, data = ''): void {
  channel.emit('CHANNEL_EXECUTE', { Application: application, 'Application-Data': data });
}

/** The end of a leg. On the wire whoever hangs up says BYE; an unanswered leg's dialog must have ended before. */
export function hangUp(scene: Scene, leg: Leg, by: 'phone' | 'switch' | 'nobody', cause = 'NORMAL_CLEARING'): void {
  const { channel, sip, phoneSide } = leg;
  if (by === 'phone') sip.bye(phoneSide);
  if (by === 'switch') sip.bye(phoneSide === 'caller' ? 'callee' : 'caller');
  endChannel(scene, channel, cause);
}

/** `last`: variables that the switch has only when all is over. */
export function endChannel(
  scene: Scene,
  channel: Channel,
  cause: string,
  last: Readonly<Record<string, string>> = {},
): void {
  channel.answerState = 'hangup';
  channel.hangupCause = cause;
  channel.emit('CHANNEL_HANGUP');
  channel.callUuid = channel.uuid;
  channel.variables.delete('bridge_to');
  for (const [name, value] of Object.entries(last)) channel.variables.set(name, value);
  scene.wait(MS);
  channel.emit('CHANNEL_HANGUP_COMPLETE');
  channel.emit('CHANNEL_DESTROY');
  scene.wait(MS);
}

/** A callee that refuses: 4xx on the wire, and the leg's only events with a Call-ID. */
export function refuse(scene: Scene, b: Leg, status: number, cause: string, parts?: ResponseParts): void {
  b.sip.refuse(status, parts);
  b.channel.variables.set('sip_call_id', b.sip.callId);
  endChannel(scene, b.channel, cause);
}

/** The switch gives up on an unanswered callee. */
export function giveUp(scene: Scene, b: Leg, cause: string): void {
  b.sip.cancel();
  b.channel.variables.set('sip_call_id', b.sip.callId);
  endChannel(scene, b.channel, cause);
}
