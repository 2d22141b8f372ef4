import { digitsOf } from '../../core/model/number.ts';
import { type Role, roleBit, rolesOf } from '../../core/model/roles.ts';
import type { Party, SearchHit } from '../schemas.ts';

/** A number as its digits, or a name in lower case, and where it stood (core/model/roles.ts). */
export interface MatchedTerm {
  readonly value: string;
  readonly roles: number;
}

/** Forms of one number or name that are told of a call. */
const MOST = 8;

const bitsOf = (...roles: readonly Role[]): number => roles.reduce((bits, role) => bits | roleBit(role), 0);
const CALLER = bitsOf('from', 'p-asserted-identity', 'remote-party-id', 'caller', 'ani', 'caller_name');
const CALLED = bitsOf('to', 'request', 'destination', 'callee');

/**
 * Each written form once, with all the places where it stood in the legs of one call; the same whatever the order of
 * `terms`. What is stored of a form are its digits (core/model/number.ts): where the call's own caller or called party is
 * written with the same ones, as that writes it.
 */
export function matchedOf(
  terms: readonly MatchedTerm[],
  { from, to }: { readonly from: Party; readonly to: Party },
): SearchHit['matched'] {
  return eachOnce(terms)
    .toSorted((a, b) => lowest(a.roles) - lowest(b.roles) || (a.value < b.value ? -1 : 1))
    .slice(0, MOST)
    .map(({ value, roles }) => ({ written: writtenOf(value, roles, from, to), in: rolesOf(roles) }));
}

const lowest = (bits: number): number => bits & -bits;

function writtenOf(value: string, bits: number, from: Party, to: Party): string {
  const texts = [
    ...((bits & CALLER) === 0 ? [] : [from.number, from.name]),
    ...((bits & CALLED) === 0 ? [] : [to.number, to.name]),
  ];
  return texts.find((text) => (digitsOf(text) || text.trim().toLowerCase()) === value) ?? value;
}

/** A form that several parts of the table tell of, with all its places; in the order of the forms. */
export function eachOnce(terms: readonly MatchedTerm[]): readonly MatchedTerm[] {
  if (terms.length < 2) return terms;
  const roles = new Map<string, number>();
  for (const term of terms) roles.set(term.value, (roles.get(term.value) ?? 0) | term.roles);
  return [...roles].map(([value, bits]) => ({ value, roles: bits })).sort((a, b) => (a.value < b.value ? -1 : 1));
}
