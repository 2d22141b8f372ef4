import type { Micros } from '../../core/model/capture-event.ts';
import { channelNode } from '../../core/model/edge.ts';
import { provesOf } from './channel-proofs.ts';
import { addChannel, type Scene } from './scene.ts';
import type { Switch } from './site.ts';
import type { TrueCall } from './truth.ts';

/**
 * One leg inside a FreeSWITCH: what its events say at each moment of its life. Which event carries what is taken from
 * recordings of 1.10.12: the other leg sits in the caller profile and stays there after a hang-up; variables appear when
 * the switch learns them, and not before.
 */
export interface Channel {
  readonly uuid: string;
  readonly sw: Switch;
  readonly direction: 'inbound' | 'outbound';
  readonly variables: Map<string, string | readonly string[]>;
  /** Channel-Call-UUID. */
  callUuid: string;
  /** Other-Leg-Unique-ID and Other-Type; "" when the caller profile has none. */
  otherLeg: string;
  otherType: '' | 'originator' | 'originatee';
  /** Caller-Channel-Bridged-Time: when the last bridge of this caller profile began; 0 when there was none. */
  bridgedUs: Micros;
  answerState: 'ringing' | 'answered' | 'hangup';
  hangupCause: string;
  emit(name: string, headers?: Readonly<Record<string, string>>): void;
  /** A line of the log at level INFO. */
  log(text: string, callId?: string): void;
}

export interface ChannelOptions {
  readonly uuid: string;
  readonly sw: Switch;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  /** "sofia/internal/…" or "loopback/…-a". */
  readonly name?: string;
}

/** Events that carry no variables unless the switch is told to be verbose. */
const WITHOUT_VARIABLES = new Set(['CHANNEL_OUTGOING', 'CHANNEL_STATE', 'CHANNEL_CALLSTATE', 'CODEC']);

/** Custom events of these modules are made without the channel's variables. */
const SUBCLASSES_WITHOUT_VARIABLES = new Set(['conference::maintenance', 'sofia::reinvite']);

export function openChannel(scene: Scene, call: TrueCall, options: ChannelOptions): Channel {
  const { uuid, sw, direction, from, to } = options;
  addChannel(call, uuid);
  const createdUs = scene.site.tick(sw, scene.now());
  const variables = new Map<string, string | readonly string[]>([
    ['direction', direction],
    ['uuid', uuid],
    ['call_uuid', uuid],
    ['sip_local_network_addr', sw.ip],
    ...(scene.site.tenants === 'domains' ? ([['domain_name', scene.numbers.domain]] as const) : []),
  ]);
  const channel: Channel = {
    uuid,
    sw,
    direction,
    variables,
    callUuid: uuid,
    otherLeg: '',
    otherType: '',
    bridgedUs: 0,
    answerState: 'ringing',
    hangupCause: '',
    emit: (name, extra = {}) => {
      const subclass = extra['Event-Subclass'] ?? '';
      const bare = WITHOUT_VARIABLES.has(name) || SUBCLASSES_WITHOUT_VARIABLES.has(subclass);
      const headers: Record<string, string | readonly string[]> = {
        'Channel-Name': options.name ?? `sofia/internal/${direction === 'inbound' ? from : to}@${sw.ip}`,
        'Unique-ID': uuid,
        'Call-Direction': direction,
        'Channel-Call-UUID': channel.callUuid,
        'Answer-State': channel.answerState,
        'Caller-Direction': direction,
        'Caller-Caller-ID-Number': from,
        'Caller-Destination-Number': to.replace(/^\+/, '%2B'),
        'Caller-Unique-ID': uuid,
        'Caller-Channel-Created-Time': String(createdUs),
        'Caller-Channel-Bridged-Time': String(channel.bridgedUs),
        ...(channel.hangupCause === '' ? {} : { 'Hangup-Cause': channel.hangupCause }),
        ...(channel.otherType === '' ? {} : { 'Other-Type': channel.otherType }),
        ...(channel.otherLeg === '' ? {} : { 'Other-Leg-Unique-ID': channel.otherLeg }),
      };
      if (!bare) for (const [key, value] of variables) headers[`variable_${key}`] = value;
      Object.assign(headers, extra);
      scene.site.event({ sw, atUs: scene.now(), name, headers, proves: provesOf(uuid, name, headers) });
    },
    log: (text, callId) => {
      const proves = callId === undefined ? [] : ([[channelNode(uuid), `c:${callId}`]] as const);
      scene.site.log({ sw, atUs: scene.now(), channel: uuid, text, proves });
    },
  };
  return channel;
}

/** Adds to a variable that the switch writes once as text and from the second value on as an array. */
export function pushVariable(channel: Channel, name: string, value: string): void {
  const before = channel.variables.get(name);
  if (before === undefined) channel.variables.set(name, value);
  else channel.variables.set(name, [...(typeof before === 'string' ? [before] : before), value]);
}
