import { RE2JS, RE2JSException } from 're2js';
import type { CallSummary } from '../schemas.ts';
import { statusNameOf } from './status.ts';
import { callName } from './trace.ts';
import { type Comparison, refused } from './traceql.ts';

/** What a call has under one field: one value, several (a call has several Call-IDs), or none. */
type Values = readonly (string | number)[];

/** ns between beginning and end; 0 of a call that has not ended. */
export const durationNsOf = ({ startedAt, endedAt }: CallSummary): number =>
  startedAt === null || endedAt === null ? 0 : Math.max(0, usOf(endedAt) - usOf(startedAt)) * 1000;

/** A moment of an answer ("2026-11-21T10:21:38.752001Z") as epoch µs. */
export const usOf = (iso: string): number => Date.parse(`${iso.slice(0, 23)}Z`) * 1000 + Number(iso.slice(23, 26));

export const nameOf = ({ method, from, to }: CallSummary): string => callName(method, from, to);
export const serviceOf = ({ nodes }: CallSummary): string => nodes[0] ?? 'unknown';

const some = (value: string | number | null): Values => (value === null || value === '' ? [] : [value]);

/** Fields that a query may name, without their scope: "span.sip.from", "resource.sip.from" and ".sip.from" are one. */
export const ATTRIBUTES: Readonly<Record<string, (call: CallSummary) => Values>> = {
  'sip.call_id': ({ callIds }) => callIds,
  'sip.channel': ({ channelUuids }) => channelUuids,
  'sip.from': ({ from }) => some(from.number),
  'sip.from_name': ({ from }) => some(from.name),
  'sip.to': ({ to }) => some(to.number),
  'sip.method': ({ method }) => [method],
  'sip.status': ({ finalStatus }) => some(finalStatus),
  'sip.outcome': ({ outcome }) => [outcome],
  'sip.hangup_cause': ({ hangupCause }) => some(hangupCause),
  'sip.hung_up_by': ({ hungUpBy }) => some(hungUpBy),
  'sip.legs': ({ legCount }) => [legCount],
  tenant: ({ tenant }) => some(tenant),
  'service.name': ({ nodes }) => nodes,
};

export const INTRINSICS: Readonly<Record<string, (call: CallSummary) => Values>> = {
  name: (call) => [nameOf(call), call.method],
  status: ({ outcome }) => [statusNameOf(outcome)],
  duration: (call) => [durationNsOf(call)],
  rootName: (call) => [nameOf(call)],
  rootServiceName: (call) => [serviceOf(call)],
  traceDuration: (call) => [durationNsOf(call)],
};
const ALIASES: Readonly<Record<string, string>> = {
  'trace:rootName': 'rootName',
  'trace:rootService': 'rootServiceName',
  'trace:duration': 'traceDuration',
  'span:name': 'name',
  'span:status': 'status',
  'span:duration': 'duration',
};

/** A field without its scope; intrinsic ones under the name that they have here. */
export const plainField = (field: string): string => ALIASES[field] ?? field.replace(/^(?:span|resource)?\./, '');

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** What decides whether a call matches the comparison. Fields that are unknown and values that do not fit are refused. */
export function testOf(comparison: Comparison): (call: CallSummary) => boolean {
  const { field, op, value } = comparison;
  const intrinsic = own(INTRINSICS, own(ALIASES, field) ?? field);
  const values = intrinsic ?? own(ATTRIBUTES, plainField(field));
  if (values === undefined) {
    const known = [...Object.keys(INTRINSICS), ...Object.keys(ATTRIBUTES).map((name) => `.${name}`)];
    throw refused(
      `field "${field.slice(0, 80)}" is not supported (there are ${known.join(', ')}, .sip.number, .search, trace:id)`,
    );
  }
  const matches = matcherOf(comparison);
  // That something is not so holds when no value is it.
  return op === '!=' || op === '!~'
    ? (call) => !values(call).some(matches)
    : (call) => (value === 'nil' ? false : values(call).some(matches));
}

/** Compares one value; of "!=" and "!~" the opposite. */
function matcherOf({ field, op, value }: Comparison): (one: string | number) => boolean {
  switch (op) {
    case '=':
    case '!=':
      return (one) => String(one) === String(value);
    case '=~':
    case '!~': {
      const pattern = patternOf(String(value));
      return (one) => pattern.matches(String(one));
    }
    default: {
      const limit = Number(value);
      if (typeof value === 'boolean' || value === '' || Number.isNaN(limit)) {
        throw refused(`${field} ${op} wants a number or a duration`);
      }
      if (op === '>') return (one) => Number(one) > limit;
      if (op === '>=') return (one) => Number(one) >= limit;
      return op === '<' ? (one) => Number(one) < limit : (one) => Number(one) <= limit;
    }
  }
}

/** RE2, as Tempo has it: its time is linear in the text whatever the pattern, so that none can stall the process. */
function patternOf(text: string): RE2JS {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    if (error instanceof RE2JSException) throw refused(`regular expression: ${error.message}`);
    throw error;
  }
}
