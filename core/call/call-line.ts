import type { CallFacts } from './build.ts';
import { knownTrunk } from './far-side.ts';
import type { Outcome, Party } from './types.ts';

/** What a list shows of a call. Times are epoch µs. */
export interface CallLine extends Omit<CallFacts, 'root' | 'lastUs'> {
  readonly id: string;
  readonly untilUs: number;
  readonly method: string;
  readonly from: Party;
  readonly to: Party;
  readonly legs: number;
  readonly callIds: readonly string[];
  readonly channelUuids: readonly string[];
  /** Names of the nodes and sensors that saw it. */
  readonly nodes: readonly string[];
  readonly tenant?: string;
  readonly truncated: boolean;
  /** The far side of the leg that began it; absent when it is not known. */
  readonly trunk?: string;
}

/** Of the leg that began a call: what its session is measured by (RFC 6076), and whose it is. Times are epoch µs. */
export interface SessionFacts {
  /** When the final response to the INVITE was first seen. */
  readonly finalUs?: number;
  /** Absent while there is no answer to a BYE. */
  readonly byeAnswer?: { readonly status: number; readonly atUs: number };
  readonly trunk: string;
  readonly direction: string;
  readonly node: string;
  readonly prefix: string;
}

/** Moments are µs since the beginning, "" for one that is not known; 0 among ids stands for the id of the call. */
type Packed = [
  since: number,
  until: number,
  ringing: number | '',
  answered: number | '',
  ended: number | '',
  method: string,
  fromNumber: string,
  fromName: string,
  toNumber: string,
  toName: string,
  outcome: Outcome,
  finalStatus: number,
  hangupCause: string,
  hungUpBy: CallFacts['hungUpBy'] | '',
  attempts: number,
  failed: number,
  legs: number,
  callIds: (string | 0)[],
  channelUuids: (string | 0)[],
  nodes: readonly string[],
  tenant: string,
  truncated: 0 | 1,
  /** The trunk is read here, the others by view_sessions alone (core/rates/sessions.ts). */
  session?: [
    final: number | '',
    byeStatus: number,
    byeAnswer: number | '',
    trunk: string,
    direction: string,
    node: string,
    prefix: string,
  ],
];

/**
 * A call as one text, as what a look-up costs is mostly the number of columns that it opens. The id stands beside it in
 * the row and is not said again.
 */
export function packCallLine(line: Omit<CallLine, 'trunk'>, session?: SessionFacts): string {
  const { id, startedUs, from, to, attempts } = line;
  const since = (us: number | undefined): number | '' => (us === undefined ? '' : us - startedUs);
  const others = (ids: readonly string[]): (string | 0)[] => ids.map((text) => (text === id ? 0 : text));
  const packed: Packed = [
    startedUs,
    line.untilUs - startedUs,
    since(line.ringingUs),
    since(line.answeredUs),
    since(line.endedUs),
    line.method,
    from.number,
    from.name,
    to.number,
    to.name,
    line.outcome,
    line.finalStatus ?? 0,
    line.hangupCause ?? '',
    line.hungUpBy ?? '',
    attempts.total,
    attempts.failed,
    line.legs,
    others(line.callIds),
    others(line.channelUuids),
    line.nodes,
    line.tenant ?? '',
    line.truncated ? 1 : 0,
  ];
  if (session !== undefined) {
    const { finalUs, byeAnswer, trunk, direction, node, prefix } = session;
    packed.push([since(finalUs), byeAnswer?.status ?? 0, since(byeAnswer?.atUs), trunk, direction, node, prefix]);
  }
  return JSON.stringify(packed);
}

/** The call that {@link packCallLine} made a text of. */
export function readCallLine(id: string, text: string): CallLine {
  const [
    startedUs,
    until,
    ringing,
    answered,
    ended,
    method,
    fromNumber,
    fromName,
    toNumber,
    toName,
    outcome,
    finalStatus,
    hangupCause,
    hungUpBy,
    total,
    failed,
    legs,
    callIds,
    channelUuids,
    nodes,
    tenant,
    truncated,
    session,
  ] = JSON.parse(text) as Packed;
  const trunk = knownTrunk(session?.[3]);
  const ids = (texts: readonly (string | 0)[]): string[] => texts.map((one) => (one === 0 ? id : one));
  return {
    id,
    startedUs,
    untilUs: startedUs + until,
    ...(ringing === '' ? {} : { ringingUs: startedUs + ringing }),
    ...(answered === '' ? {} : { answeredUs: startedUs + answered }),
    ...(ended === '' ? {} : { endedUs: startedUs + ended }),
    method,
    from: { number: fromNumber, name: fromName },
    to: { number: toNumber, name: toName },
    outcome,
    ...(finalStatus === 0 ? {} : { finalStatus }),
    ...(hangupCause === '' ? {} : { hangupCause }),
    ...(hungUpBy === '' || hungUpBy === undefined ? {} : { hungUpBy }),
    attempts: { total, failed },
    legs,
    callIds: ids(callIds),
    channelUuids: ids(channelUuids),
    nodes,
    ...(tenant === '' ? {} : { tenant }),
    truncated: truncated === 1,
    ...(trunk === undefined ? {} : { trunk }),
  };
}
