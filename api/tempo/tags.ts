import type { CallSummary } from '../schemas.ts';
import { ATTRIBUTES, INTRINSICS, plainField } from './fields.ts';
import { STATUS_CODE } from './otlp.ts';

/** The fields that a query may name, by scope as Grafana's builder asks for them. */
export const TAG_SCOPES: readonly { readonly name: string; readonly tags: readonly string[] }[] = [
  { name: 'intrinsic', tags: [...Object.keys(INTRINSICS), 'trace:id'] },
  { name: 'resource', tags: ['service.name'] },
  {
    name: 'span',
    tags: [...Object.keys(ATTRIBUTES).filter((name) => name !== 'service.name'), 'sip.number', 'search'],
  },
];

export interface TagValue {
  readonly type: 'string' | 'int' | 'keyword' | 'duration';
  readonly value: string;
}

/** The same whatever is stored. */
const STATUSES: readonly TagValue[] = Object.keys(STATUS_CODE).map((value) => ({ type: 'keyword', value }));

/** What these calls have under a tag, in the order of the calls, each once, at most `limit`. Of an unknown tag nothing. */
export function tagValuesOf(tag: string, calls: readonly CallSummary[], limit: number): TagValue[] {
  const name = plainField(tag);
  if (name === 'status') return STATUSES.slice(0, limit);
  const numbers = name === 'sip.number';
  const values = Object.hasOwn(INTRINSICS, name)
    ? INTRINSICS[name]
    : Object.hasOwn(ATTRIBUTES, name)
      ? ATTRIBUTES[name]
      : undefined;
  if (values === undefined && !numbers) return [];
  const found = new Map<string, TagValue>();
  for (const call of calls) {
    const ofCall = values === undefined ? [call.from.number, call.to.number] : values(call);
    for (const value of ofCall) {
      if (found.size >= limit) return [...found.values()];
      const text = String(value);
      if (text !== '') found.set(text, { type: typeOf(name, value), value: text });
    }
  }
  return [...found.values()];
}

function typeOf(name: string, value: string | number): TagValue['type'] {
  if (name === 'duration' || name === 'traceDuration') return 'duration';
  return typeof value === 'number' ? 'int' : 'string';
}
