/**
 * What is counted of attempts: how each part of a ratio is told by the columns of `outcomes`. All lists of codes and causes
 * are here, in docs/rates.md, and nowhere else; SQL (sql.ts), PromQL and what the indexer counts are made from them.
 */

/** How an attempt ended, as it is stored. */
export interface Ending {
  /** indexer/outcomes/outcome-class.ts */
  readonly class: string;
  /** SIP status, "timeout" where nobody answered, "none" where no response was captured. */
  readonly code: string;
  /** Hangup cause of the switch; "" without one. */
  readonly cause: string;
  readonly stage: Stage;
}

/** "rang": an 18x, or the switch's word for it, came before the end. "lost_race": a leg of a fork that another one won. */
export type Stage = '' | 'rang' | 'lost_race';

/** Holds when every list that is given has the value. */
export interface Condition {
  readonly class?: readonly string[];
  readonly code?: readonly string[];
  readonly cause?: readonly string[];
  readonly stage?: readonly Stage[];
}

/** Attempts for which one of `any` holds and none of `none`; without `any` all but those. */
export interface Part {
  readonly any?: readonly Condition[];
  readonly none?: readonly Condition[];
  /** What it is, for docs and help texts. */
  readonly is: string;
}

/** RFC 6076 §5.4: of a fork only what came of it counts; the withdrawn legs would make every ratio one of its width. */
const LOST_RACE: Condition = { stage: ['lost_race'] };
const REDIRECTED: Condition = { class: ['redirect'] };

/**
 * Causes with which FreeSWITCH and Asterisk end a leg of their own before anything is sent: no route, no gateway, no right,
 * no channel. With a response (`code` is not "none") the other side was asked, whatever the cause.
 */
const REFUSED_HERE = [
  ...['NO_ROUTE_TRANSIT_NET', 'NO_ROUTE_DESTINATION', 'CHAN_NOT_IMPLEMENTED', 'REQUESTED_CHAN_UNAVAIL'],
  ...[
    'INVALID_GATEWAY',
    'GATEWAY_DOWN',
    'INVALID_URL',
    'INVALID_PROFILE',
    'USER_NOT_REGISTERED',
    'MANDATORY_IE_MISSING',
  ],
  ...['OUTGOING_CALL_BARRED', 'INCOMING_CALL_BARRED', 'FACILITY_NOT_SUBSCRIBED', 'BEARERCAPABILITY_NOTAUTH'],
  ...['SWITCH_CONGESTION', 'CRASH', 'SYSTEM_SHUTDOWN'],
];

/** RFC 6076 §4.7. */
const EFFECTIVE = ['480', '486', '600', '603'];
/** What FreeSWITCH would answer these with (mod_sofia, hangup_cause_to_sip), for legs whose responses were not captured. */
const EFFECTIVE_CAUSES = [
  ...['USER_BUSY', 'BUSY_EVERYWHERE', 'NO_ANSWER', 'USER_ALERTING_NO_ANSWER', 'SUBSCRIBER_ABSENT'],
  ...['CALL_REJECTED', 'DECLINE'],
];

/** RFC 6076 §4.8, and no answer at all, which is a 408 to the one who asked (RFC 3261 §8.1.3.1). */
const INEFFECTIVE = ['408', '500', '503', '504', 'timeout'];
const INEFFECTIVE_CAUSES = [
  ...['NO_USER_RESPONSE', 'RECOVERY_ON_TIMER_EXPIRE', 'PROGRESS_TIMEOUT'],
  ...['NORMAL_CIRCUIT_CONGESTION', 'NETWORK_OUT_OF_ORDER', 'NORMAL_TEMPORARY_FAILURE', 'SWITCH_CONGESTION'],
  ...['REQUESTED_CHAN_UNAVAIL', 'BEARERCAPABILITY_NOTAVAIL', 'GATEWAY_DOWN'],
];

/** E.425 §1.5: user busy; terminal rejection or unavailability. RFC 3398 §8.2.6.1 has Q.850 20 and 18 as 480, 17 as 486, 21 as 603. */
const BUSY_OR_REJECTED = ['480', '486', '600', '603', '607'];
const BUSY_OR_REJECTED_CAUSES = [
  ...['USER_BUSY', 'BUSY_EVERYWHERE', 'SUBSCRIBER_ABSENT', 'CALL_REJECTED', 'DECLINE', 'UNWANTED'],
];
/** E.425 §1.5: ring, no answer. The cause says itself that it rang. */
const RANG_OUT_CAUSES = ['NO_ANSWER', 'USER_ALERTING_NO_ANSWER'];

export const PARTS = {
  bids: { is: 'attempts, lost races of a fork left out', none: [LOST_RACE] },
  seizures: {
    is: 'bids that were taken up: not redirected, not left at a challenge, not refused by our own switch before anything was sent',
    none: [LOST_RACE, REDIRECTED, { class: ['auth'] }, { code: ['none'], cause: REFUSED_HERE }],
  },
  not_redirected: { is: 'bids that did not end with a 3xx', none: [LOST_RACE, REDIRECTED] },
  answered: { is: 'bids that were answered with a 2xx', any: [{ class: ['answered'] }] },
  delivered: {
    is: 'answered; busy (486, 600); absent or rejected (480, 603, 607); rang and was not answered (408, 487 or CANCEL after an 18x)',
    none: [LOST_RACE],
    any: [
      { class: ['answered'] },
      { code: BUSY_OR_REJECTED },
      { code: ['408', '487'], stage: ['rang'] },
      { class: ['cancelled'], stage: ['rang'] },
      { code: ['none'], cause: BUSY_OR_REJECTED_CAUSES },
      { code: ['none'], cause: RANG_OUT_CAUSES },
      { code: ['none'], cause: ['NO_USER_RESPONSE', 'ALLOTTED_TIMEOUT'], stage: ['rang'] },
    ],
  },
  effective: {
    is: 'bids that ended with 2xx, 480, 486, 600 or 603',
    none: [LOST_RACE],
    any: [{ class: ['answered'] }, { code: EFFECTIVE }, { code: ['none'], cause: EFFECTIVE_CAUSES }],
  },
  ineffective: {
    is: 'bids that ended with 408, 500, 503, 504 or without any answer',
    none: [LOST_RACE, { class: ['answered'] }],
    any: [{ code: INEFFECTIVE }, { code: ['none'], cause: INEFFECTIVE_CAUSES }],
  },
} as const satisfies Record<string, Part>;

export type PartName = keyof typeof PARTS;
export const PART_NAMES = Object.keys(PARTS) as readonly PartName[];

const COLUMNS = ['class', 'code', 'cause', 'stage'] as const;

const holds = (condition: Condition, ending: Ending): boolean =>
  COLUMNS.every((column) => (condition[column] as readonly string[] | undefined)?.includes(ending[column]) ?? true);

/** The parts that an attempt counts in. */
export function partsOf(ending: Ending): PartName[] {
  return PART_NAMES.filter((name) => {
    const { any, none = [] }: Part = PARTS[name];
    return (any?.some((one) => holds(one, ending)) ?? true) && !none.some((one) => holds(one, ending));
  });
}

const textSql = (text: string): string => `'${text.replaceAll(/[\\']/g, (c) => `\\${c}`)}'`;

const conditionSql = (condition: Condition): string =>
  `(${COLUMNS.flatMap((column) => {
    const values: readonly string[] | undefined = condition[column];
    return values === undefined ? [] : [`${column} IN (${values.map(textSql).join(', ')})`];
  }).join(' AND ')})`;

/** The same as a condition over the columns of `outcomes`. */
export function partSql(name: PartName): string {
  const { any, none = [] }: Part = PARTS[name];
  const alternatives = any === undefined ? [] : [`(${any.map(conditionSql).join(' OR ')})`];
  return [...alternatives, ...none.map((one) => `NOT ${conditionSql(one)}`)].join(' AND ');
}
