import type { NodeKey } from '../core/model/edge.ts';
import { digitsOf } from '../core/model/number.ts';
import type { Role } from '../core/model/roles.ts';
import type { SearchTerm } from './derived.ts';

/** A SIP user is a number or a name. */
export function addUser(terms: SearchTerm[], node: NodeKey, role: Role, user: string, atUs: number): void {
  const digits = digitsOf(user);
  if (digits !== '') terms.push({ kind: 'number', value: digits, node, role, atUs });
  else addName(terms, node, role, user, atUs);
}

export function addName(terms: SearchTerm[], node: NodeKey, role: Role, name: string, atUs: number): void {
  const value = name.trim().toLowerCase();
  if (value === '') return;
  const digits = digitsOf(value);
  if (digits !== '') terms.push({ kind: 'number', value: digits, node, role, atUs });
  else terms.push({ kind: 'name', value: value.slice(0, 256), node, role, atUs });
}
