import { hideKey } from '../../core/privacy/call-key.ts';
import { hideHeader, hideHeaders } from '../../core/privacy/event-headers.ts';
import type { Hidden } from '../../core/privacy/hidden.ts';
import { hideDigits, hidePerson } from '../../core/privacy/person.ts';
import { hideReport, isBareReport } from '../../core/privacy/report.ts';
import { hideSip } from '../../core/privacy/sip.ts';
import { hideText } from '../../core/privacy/text.ts';
import { hideUri } from '../../core/privacy/uri.ts';
import { mapped, type Work } from '../../core/runtime/in-turns.ts';
import type { Shown } from './shown.ts';

/** What is looked at of a JSON schema. */
interface Schema {
  readonly 'x-personal'?: Shown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const NOTHING: Schema = {};

/**
 * An answer as it is shown to whoever numbers and names are hidden from, field by field as its schema says (shown.ts). A text
 * of which the schema says nothing is hidden as far as it looks like a number or is known. Who is in the answer is known before
 * any of it is shown.
 */
export function* hideAnswer(schema: unknown, answer: unknown, hidden: Hidden): Work<unknown> {
  const known = (schema ?? NOTHING) as Schema;
  yield* inSlices(known, answer, (part, value) => learn(part, value, hidden));
  return yield* inSlices(known, answer, (part, value) => hide(part, value, hidden));
}

/** Items of a list that are worked on in one turn. */
const SLICE = 100;

/** All of an answer through `of`, its lists some items at a time: a ladder has thousands of steps. */
function* inSlices(schema: Schema, value: unknown, of: (part: Schema, value: unknown) => unknown): Work<unknown> {
  if (Array.isArray(value)) return yield* mapped(value, SLICE, (one) => of(schema.items ?? NOTHING, one));
  // What its schema shows as a whole is not taken apart.
  if (!isObject(value) || schema['x-personal'] !== undefined) return of(schema, value);
  const whole: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) whole[name] = yield* inSlices(partOf(schema, name), one, of);
  return whole;
}

/** Persons of the answer are known wherever else in it they stand. */
function learn(schema: Schema, value: unknown, hidden: Hidden): void {
  if (typeof value === 'string') {
    if (schema['x-personal'] === 'person') hidden.vocabulary.add(value);
  } else if (Array.isArray(value)) for (const one of value) learn(schema.items ?? NOTHING, one, hidden);
  else if (isObject(value)) for (const [name, one] of Object.entries(value)) learn(partOf(schema, name), one, hidden);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Of a field that may be null, what it is else. */
function partOf(schema: Schema, name: string): Schema {
  const part = schema.properties?.[name] ?? NOTHING;
  const inner = part.anyOf?.find((one) => (one as { type?: string }).type !== 'null');
  return inner === undefined
    ? part
    : { ...inner, ...(part['x-personal'] === undefined ? {} : { 'x-personal': part['x-personal'] }) };
}

function hide(schema: Schema, value: unknown, hidden: Hidden): unknown {
  if (typeof value === 'string') return hideString(schema, value, hidden);
  if (Array.isArray(value)) return value.map((one) => hide(schema.items ?? NOTHING, one, hidden));
  if (!isObject(value)) return value;
  if (schema['x-personal'] === 'headers') return hideHeaders(value as Record<string, string | string[]>, hidden);
  const shown: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) shown[name] = hide(partOf(schema, name), one, hidden);
  return schema['x-personal'] === 'step' ? { ...shown, ...stepOf(value as unknown as Said, hidden) } : shown;
}

function hideString(schema: Schema, text: string, hidden: Hidden): string {
  if (schema.enum !== undefined) return text;
  const { tokens } = hidden;
  switch (schema['x-personal']) {
    case 'plain':
      return text;
    case 'word':
      return /\d{5}/.test(text) ? hideText(text, hidden) : text;
    case 'person':
      return hidePerson(text, tokens);
    case 'key':
      return hideKey(text, tokens);
    case 'quoted':
      return text
        .replace(/"([^"]*)"/g, (_, inner: string) => `"${hideText(inner, hidden)}"`)
        .replace(/\+?\d{5,}(?=…)/g, (prefix) => tokens.of(prefix));
    case 'said':
      if (!hidden.learnt) throw new Error('what was said of a call is not shown before it is known who is in it');
      return hideText(text, hidden);
    default:
      return hideText(text, hidden);
  }
}

/** What a step says, as far as a schema has it: the ladder's, a row's, a detail's. */
interface Said {
  readonly kind: string;
  readonly title?: string;
  readonly detail?: string;
  readonly raw?: string;
}

function stepOf({ kind, title = '', detail = '', raw = '' }: Said, hidden: Hidden): Partial<Said> {
  if (!hidden.learnt) throw new Error('a step is not shown before it is known who is in its call');
  const text = (said: string): string => hideText(said, hidden);
  switch (kind) {
    case 'message':
      return { title: text(title), detail: hideUri(detail, hidden), raw: hideMessage(raw, hidden) };
    case 'event':
      return { title, detail: hideDetail(title, detail, hidden), raw: text(raw) };
    case 'gap':
      return { title, detail };
    default:
      return { title: text(title), detail: text(detail), raw: text(raw) };
  }
}

/** SIP, or a report about media. */
export const hideMessage = (raw: string, hidden: Hidden): string =>
  isBareReport(raw) ? hideReport(raw, hidden) : hideSip(Buffer.from(raw), hidden).toString();

/** What distinguishes an event (api/ladder/events.ts): a digit, a variable and its value, else a text. */
export function hideDetail(title: string, detail: string, hidden: Hidden): string {
  if (/^dtmf/i.test(title)) return hideDigits(detail);
  const [, name, value] = title === 'VarSet' ? (/^([^=]*)=([\s\S]*)$/.exec(detail) ?? []) : [];
  if (name !== undefined && value !== undefined) return `${name}=${hideHeader(name, value, hidden)}`;
  return hideText(detail, hidden);
}
