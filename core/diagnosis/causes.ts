/**
 * FreeSWITCH's own tables (mod_sofia: sofia_glue_sip_cause_to_freeswitch, hangup_cause_to_sip; switch_types.h). RFC 3398 and
 * RFC 4497 map some of them in another way, so these say what a FreeSWITCH meant and nothing of other switches.
 */

/** Hangup-Cause by number: below 128 ITU-T Q.850, above FreeSWITCH's own. */
export const CAUSE_NAMES: Readonly<Record<number, string>> = {
  1: 'UNALLOCATED_NUMBER',
  2: 'NO_ROUTE_TRANSIT_NET',
  3: 'NO_ROUTE_DESTINATION',
  6: 'CHANNEL_UNACCEPTABLE',
  7: 'CALL_AWARDED_DELIVERED',
  16: 'NORMAL_CLEARING',
  17: 'USER_BUSY',
  18: 'NO_USER_RESPONSE',
  19: 'NO_ANSWER',
  20: 'SUBSCRIBER_ABSENT',
  21: 'CALL_REJECTED',
  22: 'NUMBER_CHANGED',
  23: 'REDIRECTION_TO_NEW_DESTINATION',
  25: 'EXCHANGE_ROUTING_ERROR',
  27: 'DESTINATION_OUT_OF_ORDER',
  28: 'INVALID_NUMBER_FORMAT',
  29: 'FACILITY_REJECTED',
  30: 'RESPONSE_TO_STATUS_ENQUIRY',
  31: 'NORMAL_UNSPECIFIED',
  34: 'NORMAL_CIRCUIT_CONGESTION',
  38: 'NETWORK_OUT_OF_ORDER',
  41: 'NORMAL_TEMPORARY_FAILURE',
  42: 'SWITCH_CONGESTION',
  43: 'ACCESS_INFO_DISCARDED',
  44: 'REQUESTED_CHAN_UNAVAIL',
  45: 'PRE_EMPTED',
  50: 'FACILITY_NOT_SUBSCRIBED',
  52: 'OUTGOING_CALL_BARRED',
  54: 'INCOMING_CALL_BARRED',
  57: 'BEARERCAPABILITY_NOTAUTH',
  58: 'BEARERCAPABILITY_NOTAVAIL',
  63: 'SERVICE_UNAVAILABLE',
  65: 'BEARERCAPABILITY_NOTIMPL',
  66: 'CHAN_NOT_IMPLEMENTED',
  69: 'FACILITY_NOT_IMPLEMENTED',
  79: 'SERVICE_NOT_IMPLEMENTED',
  81: 'INVALID_CALL_REFERENCE',
  88: 'INCOMPATIBLE_DESTINATION',
  95: 'INVALID_MSG_UNSPECIFIED',
  96: 'MANDATORY_IE_MISSING',
  97: 'MESSAGE_TYPE_NONEXIST',
  98: 'WRONG_MESSAGE',
  99: 'IE_NONEXIST',
  100: 'INVALID_IE_CONTENTS',
  101: 'WRONG_CALL_STATE',
  102: 'RECOVERY_ON_TIMER_EXPIRE',
  103: 'MANDATORY_IE_LENGTH_ERROR',
  111: 'PROTOCOL_ERROR',
  127: 'INTERWORKING',
  487: 'ORIGINATOR_CANCEL',
  700: 'CRASH',
  701: 'SYSTEM_SHUTDOWN',
  702: 'LOSE_RACE',
  703: 'MANAGER_REQUEST',
  800: 'BLIND_TRANSFER',
  801: 'ATTENDED_TRANSFER',
  802: 'ALLOTTED_TIMEOUT',
  803: 'USER_CHALLENGE',
  804: 'MEDIA_TIMEOUT',
  805: 'PICKED_OFF',
  806: 'USER_NOT_REGISTERED',
  807: 'PROGRESS_TIMEOUT',
  808: 'INVALID_GATEWAY',
  809: 'GATEWAY_DOWN',
  810: 'INVALID_URL',
  811: 'INVALID_PROFILE',
  812: 'NO_PICKUP',
  813: 'SRTP_READ_ERROR',
  814: 'BOWOUT',
  815: 'BUSY_EVERYWHERE',
  816: 'DECLINE',
  817: 'DOES_NOT_EXIST_ANYWHERE',
  818: 'NOT_ACCEPTABLE',
  819: 'UNWANTED',
};

/** The Hangup-Cause that a final response gives the leg it came on, unless a Reason header says another. */
const CAUSE_OF_STATUS: readonly (readonly [cause: number, statuses: readonly number[]])[] = [
  [16, [200]],
  [21, [401, 402, 403, 407, 603, 608]],
  [1, [404]],
  [3, [485, 604]],
  [102, [408, 504]],
  [22, [410]],
  [127, [413, 414, 416, 420, 421, 423, 505, 513]],
  [18, [480]],
  [41, [400, 481, 500, 503]],
  [17, [486, 600]],
  [28, [484]],
  [88, [488, 606]],
  [38, [502]],
  [63, [405]],
  [79, [406, 415, 501]],
  [25, [482, 483]],
  [487, [487]],
  [819, [607]],
];

/** The response that a FreeSWITCH gives to the leg that called it, by the cause of what happened. */
const STATUS_OF_CAUSE: readonly (readonly [status: number, causes: readonly number[]])[] = [
  [404, [1, 2, 3]],
  [486, [17]],
  [408, [18]],
  [480, [19, 20, 31]],
  [603, [21, 816]],
  [410, [22, 23]],
  [483, [25]],
  [502, [27]],
  [484, [28, 808]],
  [501, [29, 69, 79]],
  [503, [34, 38, 41, 42, 44, 58, 809]],
  [403, [52, 54, 57]],
  [488, [65, 88]],
  [504, [102]],
  [487, [487]],
  [600, [815]],
  [604, [817]],
  [606, [818]],
  [607, [819]],
];

const causeByStatus = new Map(CAUSE_OF_STATUS.flatMap(([cause, all]) => all.map((status) => [status, cause] as const)));
const statusByCause = new Map(STATUS_OF_CAUSE.flatMap(([status, all]) => all.map((cause) => [cause, status] as const)));
const NORMAL_UNSPECIFIED = 31;
const TEMPORARILY_UNAVAILABLE = 480;

/** "USER_BUSY" for 486. */
export const causeOfStatus = (status: number): string =>
  CAUSE_NAMES[causeByStatus.get(status) ?? NORMAL_UNSPECIFIED] ?? '';

/** 486 for 17; 480 for a cause that has no response of its own. */
export const statusOfCause = (cause: number): number => statusByCause.get(cause) ?? TEMPORARILY_UNAVAILABLE;

/** The number of a Reason header's Q.850 cause or of its FreeSWITCH cause ("SIP;cause=804"); undefined without one. */
export function reasonCause(reason: string): number | undefined {
  const [, number] = /;\s*cause\s*=\s*"?(\d{1,3})\b/i.exec(reason) ?? [];
  return number === undefined ? undefined : Number(number);
}
