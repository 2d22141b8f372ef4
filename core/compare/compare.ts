import type { Case, CaseLeg } from '../diagnosis/case.ts';
import { type Aligned, align } from './align.ts';
import type { Fields } from './fields.ts';
import { createPlaces, createQuiet } from './noise.ts';
import { rolesOf } from './roles.ts';
import { type Sign, signsOf } from './signs.ts';

/** One thing that both have, and have differently; "" where one has it not. */
export interface Difference {
  readonly field: string;
  readonly left: string;
  readonly right: string;
}

/** What stands at one place of both calls. */
export interface ComparedStep {
  /** `same`: on both sides alike; `changed`: on both, with differences; else on one side alone. */
  readonly is: 'same' | 'changed' | 'left' | 'right';
  readonly left?: Sign;
  readonly right?: Sign;
  readonly differences: readonly Difference[];
}

export interface ComparedLeg {
  /** Its place in the call: "caller", "dialled 1", … */
  readonly role: string;
  readonly left?: CaseLeg;
  readonly right?: CaseLeg;
  /** How the leg as a whole went. */
  readonly differences: readonly Difference[];
  readonly steps: readonly ComparedStep[];
}

export interface Comparison {
  /** Of the calls as a whole. */
  readonly differences: readonly Difference[];
  readonly legs: readonly ComparedLeg[];
  /** A leg has more steps than are compared. */
  readonly truncated: boolean;
}

/** Steps of a leg that are compared: aligning takes as long as both sides' numbers multiplied. */
export const MAX_STEPS = 400;

/**
 * What differs between two calls once noise is removed: legs are set beside each other by their place in the call, steps by
 * their kind, hop and order. What both have alike is in it as well, so that a reader sees where they part.
 */
export function compareCalls(left: Case, right: Case): Comparison {
  const [ours, theirs] = [rolesOf(left), rolesOf(right)];
  const sides = [quietOf(left), quietOf(right)] as const;
  const names = [...new Set([...ours, ...theirs].map(({ name }) => name))];
  let truncated = false;
  const legs = names.map((role): ComparedLeg => {
    const a = ours.find(({ name }) => name === role)?.leg;
    const b = theirs.find(({ name }) => name === role)?.leg;
    const signs = [a, b].map((leg, i) => (leg === undefined ? [] : signsOf(leg, sides[i as 0 | 1], MAX_STEPS + 1)));
    truncated ||= signs.some(({ length }) => length > MAX_STEPS);
    const [x = [], y = []] = signs.map((one) => one.slice(0, MAX_STEPS));
    return {
      role,
      ...(a === undefined ? {} : { left: a }),
      ...(b === undefined ? {} : { right: b }),
      differences: a === undefined || b === undefined ? [] : differencesOf(legFields(a), legFields(b)),
      steps: alignedByKind(x, y, left.facts.startedUs, right.facts.startedUs).map(stepOf),
    };
  });
  return { differences: differencesOf(callFields(left), callFields(right)), legs, truncated };
}

const KINDS = ['message', 'event', 'log'] as const;

/**
 * Messages are set beside messages and events beside events, as the clock of a switch advances in steps of 20 ms: which of its
 * events stands before which message is chance. Then they are put together by when they were, in the left call where it has them.
 */
function alignedByKind(
  left: readonly Sign[],
  right: readonly Sign[],
  leftUs: number,
  rightUs: number,
): Aligned<Sign>[] {
  const queues = KINDS.map((kind) => {
    const of = (signs: readonly Sign[]): Sign[] => signs.filter((one) => one.kind === kind);
    return align(of(left), of(right), ({ sign }) => sign);
  });
  const sinceOf = ({ left: a, right: b }: Aligned<Sign>): number =>
    a !== undefined ? a.atUs - leftUs : (b?.atUs ?? 0) - rightUs;
  const rows: Aligned<Sign>[] = [];
  const at = queues.map(() => 0);
  for (;;) {
    let next = -1;
    let earliest = Number.POSITIVE_INFINITY;
    for (const [i, queue] of queues.entries()) {
      const head = queue[at[i] ?? 0];
      if (head === undefined || sinceOf(head) >= earliest) continue;
      earliest = sinceOf(head);
      next = i;
    }
    const row = queues[next]?.[at[next] ?? 0];
    if (row === undefined) return rows;
    at[next] = (at[next] ?? 0) + 1;
    rows.push(row);
  }
}

function stepOf({ left, right }: { readonly left?: Sign; readonly right?: Sign }): ComparedStep {
  if (left === undefined || right === undefined) {
    return {
      is: left === undefined ? 'right' : 'left',
      ...(left && { left }),
      ...(right && { right }),
      differences: [],
    };
  }
  const differences = differencesOf(left.fields, right.fields);
  const times =
    left.times === right.times ? [] : [{ field: 'times sent', left: `${left.times}`, right: `${right.times}` }];
  const all = [...times, ...differences];
  return { is: all.length === 0 ? 'same' : 'changed', left, right, differences: all };
}

export function differencesOf(left: Fields, right: Fields): readonly Difference[] {
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].flatMap((field) => {
    const [a, b] = [left.get(field) ?? '', right.get(field) ?? ''];
    return a === b ? [] : [{ field, left: a, right: b }];
  });
}

/** Addresses stand for the places of hosts, so that another phone at the same place is no difference. */
function quietOf({ legs }: Case) {
  const places = createPlaces();
  const known = new Map<string, string>();
  for (const { messages } of legs) {
    for (const { message } of messages) {
      for (const ip of [message.srcIp, message.dstIp]) if (ip !== '') known.set(ip, places(ip));
    }
  }
  return createQuiet((ip) => known.get(ip));
}

const fieldsFrom = (entries: readonly (readonly [string, string | number | undefined])[]): Fields =>
  new Map(entries.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]])));

const callFields = ({ facts, legs }: Case): Fields =>
  fieldsFrom([
    ['outcome', facts.outcome],
    ['final status', facts.finalStatus],
    ['hang-up cause', facts.hangupCause],
    ['hung up by', facts.hungUpBy],
    ['legs', legs.length],
    ['failed attempts', facts.attempts.failed],
  ]);

const legFields = ({ leg }: CaseLeg): Fields =>
  fieldsFrom([
    ['outcome', leg.outcome],
    ['final status', leg.finalStatus],
    ['hang-up cause', leg.hangupCause],
    ['hung up by', leg.hungUpBy],
    ['rang', leg.ringingUs === undefined ? 'no' : 'yes'],
    ['gateway', leg.channels.find(({ gateway }) => gateway !== undefined)?.gateway],
  ]);
