import type { VerdictId } from '../../../core/diagnosis/verdict.ts';
import { pushVariable } from '../../generate/channel.ts';
import { MS, type Scene, SECOND } from '../../generate/scene.ts';
import { callIn, callOut, endChannel, giveUp, type Leg, refuse, ring } from '../../generate/switch-legs.ts';
import type { Script } from '../script.ts';

/** What the called side says, the cause that a FreeSWITCH makes of it, and what its caller is told. */
interface Refused {
  readonly name: string;
  readonly expect: VerdictId;
  readonly status: number;
  readonly phrase?: string;
  readonly lines?: readonly string[];
  readonly cause: string;
  readonly upstream: number;
  readonly gateway?: boolean;
}

const REFUSED: readonly Refused[] = [
  { name: 'a busy callee', expect: 'busy', status: 486, cause: 'USER_BUSY', upstream: 486 },
  {
    name: 'a callee busy everywhere',
    expect: 'busy',
    status: 600,
    phrase: 'Busy Everywhere',
    cause: 'USER_BUSY',
    upstream: 486,
  },
  { name: 'a callee who declines', expect: 'declined', status: 603, cause: 'CALL_REJECTED', upstream: 603 },
  {
    name: 'a callee who does not want the call',
    expect: 'declined',
    status: 607,
    phrase: 'Unwanted',
    cause: 'UNWANTED',
    upstream: 607,
  },
  { name: 'an unallocated number', expect: 'no_route', status: 404, cause: 'UNALLOCATED_NUMBER', upstream: 404 },
  {
    name: 'a number that is gone',
    expect: 'no_route',
    status: 410,
    phrase: 'Gone',
    cause: 'NUMBER_CHANGED',
    upstream: 410,
  },
  {
    name: 'an incomplete number',
    expect: 'no_route',
    status: 484,
    phrase: 'Address Incomplete',
    cause: 'INVALID_NUMBER_FORMAT',
    upstream: 484,
  },
  {
    name: 'a number that exists nowhere',
    expect: 'no_route',
    status: 604,
    phrase: 'Does Not Exist Anywhere',
    cause: 'NO_ROUTE_DESTINATION',
    upstream: 404,
  },
  {
    name: 'a callee who is not registered',
    expect: 'not_registered',
    status: 480,
    phrase: 'User not registered',
    cause: 'NO_USER_RESPONSE',
    upstream: 480,
  },
  {
    name: 'a registrar that knows no contact',
    expect: 'not_registered',
    status: 404,
    phrase: 'No registered contact',
    cause: 'UNALLOCATED_NUMBER',
    upstream: 404,
  },
  {
    name: 'a callee who is unavailable without ringing',
    expect: 'no_answer',
    status: 480,
    cause: 'NO_USER_RESPONSE',
    upstream: 480,
  },
  {
    name: 'a gateway at its limit',
    expect: 'capacity_reached',
    status: 503,
    phrase: 'Maximum Calls In Progress',
    lines: ['Retry-After: 300'],
    cause: 'NORMAL_TEMPORARY_FAILURE',
    upstream: 503,
    gateway: true,
  },
  {
    name: 'a congested carrier',
    expect: 'capacity_reached',
    status: 503,
    phrase: 'Service Unavailable',
    lines: ['Reason: Q.850;cause=34;text="No circuit/channel available"', 'Warning: 399 carrier "trunk congestion"'],
    cause: 'NORMAL_CIRCUIT_CONGESTION',
    upstream: 503,
    gateway: true,
  },
  {
    name: 'a gateway that is out of service',
    expect: 'refused_by_gateway',
    status: 503,
    cause: 'NORMAL_TEMPORARY_FAILURE',
    upstream: 503,
    gateway: true,
  },
  {
    name: 'a gateway with an inner fault',
    expect: 'refused_by_gateway',
    status: 500,
    phrase: 'Server Internal Error',
    cause: 'NORMAL_TEMPORARY_FAILURE',
    upstream: 503,
    gateway: true,
  },
  {
    name: 'a gateway whose own next hop is down',
    expect: 'refused_by_gateway',
    status: 502,
    phrase: 'Bad Gateway',
    cause: 'NETWORK_OUT_OF_ORDER',
    upstream: 503,
    gateway: true,
  },
  {
    name: 'a gateway that bars the destination',
    expect: 'refused_by_gateway',
    status: 403,
    phrase: 'Forbidden',
    cause: 'CALL_REJECTED',
    upstream: 603,
    gateway: true,
  },
  {
    name: 'a gateway that wants payment',
    expect: 'refused_by_gateway',
    status: 402,
    phrase: 'Payment Required',
    cause: 'CALL_REJECTED',
    upstream: 603,
    gateway: true,
  },
  {
    name: 'a loop that a proxy noticed',
    expect: 'loop',
    status: 482,
    phrase: 'Loop Detected',
    cause: 'EXCHANGE_ROUTING_ERROR',
    upstream: 483,
  },
  {
    name: 'a request that made too many hops',
    expect: 'loop',
    status: 483,
    phrase: 'Too Many Hops',
    cause: 'EXCHANGE_ROUTING_ERROR',
    upstream: 483,
  },
  {
    name: 'a callee that takes no codec of the offer',
    expect: 'codec_mismatch',
    status: 488,
    cause: 'INCOMPATIBLE_DESTINATION',
    upstream: 488,
  },
  {
    name: 'a callee that takes no such media',
    expect: 'codec_mismatch',
    status: 606,
    phrase: 'Not Acceptable',
    cause: 'INCOMPATIBLE_DESTINATION',
    upstream: 488,
  },
  {
    name: 'a message too large for the callee',
    expect: 'message_too_big',
    status: 513,
    phrase: 'Message Too Large',
    cause: 'INTERWORKING',
    upstream: 480,
  },
];

function refusedBy(scene: Scene, { status, phrase, lines, cause, upstream, gateway = false }: Refused): string {
  const call = scene.newCall('refused');
  const a = callIn(scene, call);
  const b = callOut(scene, call, {
    parent: { leg: a.channel, by: 'bridge' },
    ...(gateway ? { variables: { sip_gateway_name: 'carrier-a' } } : {}),
  });
  scene.wait(100 * MS);
  refuse(scene, b, status, cause, {
    ...(phrase === undefined ? {} : { phrase }),
    ...(lines === undefined ? {} : { lines }),
  });
  pushVariable(a.channel, 'originate_causes', `${b.channel.uuid};${cause}`);
  a.sip.refuse(upstream);
  endChannel(scene, a.channel, cause);
  return a.sip.callId;
}

/** The switch itself says no to a call that it took, and calls nobody. */
function refusedBySwitch(
  scene: Scene,
  status: number,
  cause: string,
  play?: (a: Leg) => void,
  phrase?: string,
): string {
  const a = callIn(scene, scene.newCall('refused by the switch'));
  play?.(a);
  scene.wait(20 * MS);
  a.sip.refuse(status, phrase === undefined ? {} : { phrase });
  endChannel(scene, a.channel, cause);
  return a.sip.callId;
}

export const refusals: readonly Script[] = [
  ...REFUSED.map((one): Script => ({ name: one.name, expect: [one.expect], play: (scene) => refusedBy(scene, one) })),
  {
    name: 'a number that the dialplan does not know',
    expect: ['no_route'],
    play: (scene) => refusedBySwitch(scene, 404, 'NO_ROUTE_DESTINATION'),
  },
  {
    name: 'a dialplan that hangs up with CALL_REJECTED',
    expect: ['declined'],
    play: (scene) => refusedBySwitch(scene, 603, 'CALL_REJECTED'),
  },
  {
    name: 'a context that the dialplan does not have',
    expect: ['wrong_context'],
    play: (scene) =>
      refusedBySwitch(scene, 404, 'NO_ROUTE_DESTINATION', ({ channel }) => {
        channel.log('[WARNING] mod_dialplan_xml.c:595 Context tenant7 not found');
      }),
  },
  {
    name: 'a known user who is looked up among strangers',
    expect: ['wrong_context'],
    play: (scene) =>
      refusedBySwitch(scene, 404, 'NO_ROUTE_DESTINATION', ({ channel }) => {
        channel.variables.set('sip_authorized', 'true');
        channel.variables.set('user_context', 'internal');
        channel.log('[INFO] mod_dialplan_xml.c:639 Processing Alice <1001>->1002 in context public');
      }),
  },
  {
    name: 'a switch that takes no more calls',
    expect: ['capacity_reached'],
    play: (scene) => refusedBySwitch(scene, 503, 'SWITCH_CONGESTION', undefined, 'Maximum Calls In Progress'),
  },
  {
    name: 'an announcement before the refusal',
    expect: ['announcement_then_failure'],
    play(scene) {
      const call = scene.newCall('announcement');
      const a = callIn(scene, call);
      const b = callOut(scene, call, { parent: { leg: a.channel, by: 'bridge' } });
      scene.wait(300 * MS);
      b.sip.ring(183);
      b.channel.variables.set('sip_call_id', b.sip.callId);
      b.channel.emit('CHANNEL_PROGRESS_MEDIA');
      a.sip.ring(183);
      scene.wait(9 * SECOND);
      refuse(scene, b, 404, 'UNALLOCATED_NUMBER');
      a.sip.refuse(404);
      endChannel(scene, a.channel, 'UNALLOCATED_NUMBER');
      return a.sip.callId;
    },
  },
  {
    name: 'a callee who lets it ring until the switch gives up',
    expect: ['no_answer'],
    play(scene) {
      const call = scene.newCall('no answer');
      const a = callIn(scene, call);
      const b = callOut(scene, call, { parent: { leg: a.channel, by: 'bridge' } });
      ring(scene, b, a);
      scene.wait(30 * SECOND);
      giveUp(scene, b, 'NO_ANSWER');
      a.sip.refuse(480);
      endChannel(scene, a.channel, 'NORMAL_CLEARING');
      return a.sip.callId;
    },
  },
];
