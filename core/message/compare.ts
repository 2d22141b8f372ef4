import { compareSets, compareValues, type Difference } from './difference.ts';
import { headerName, type MessageText, readMessageText, valuesOf } from './head.ts';
import { findSdpIn } from './sdp-body.ts';

/** A part of two texts, with what is alike and what is not in it. */
export interface ComparedSection {
  readonly title: string;
  readonly differences: readonly Difference[];
}

/** A step as far as it is compared: a message or line as it was captured, or the headers of an event. */
export interface ComparedStep {
  readonly raw: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Two steps, the earlier one first. What is no SIP and has no headers is compared line by line. */
export function compareSteps(before: ComparedStep, after: ComparedStep): readonly ComparedSection[] {
  const [a, b] = [readMessageText(before.raw), readMessageText(after.raw)];
  if (a !== undefined && b !== undefined) return compareMessages(a, b);
  const headers = compareFields(fieldsOfEvent(before), fieldsOfEvent(after));
  const lines = compareValues('', linesOf(before.raw), linesOf(after.raw));
  return [
    { title: 'Headers', differences: headers },
    { title: 'Text', differences: lines },
  ].filter(({ differences }) => differences.length > 0);
}

/** Start line; headers by their names, in whatever order and form they stand; SDP by its lines; another body by lines. */
export function compareMessages(before: MessageText, after: MessageText): readonly ComparedSection[] {
  const [a, b] = [bodyOf(before), bodyOf(after)];
  const sections: ComparedSection[] = [
    { title: 'Start line', differences: compareValues('', [before.start], [after.start]) },
    { title: 'Headers', differences: compareFields(fieldsOfHeaders(before), fieldsOfHeaders(after)) },
  ];
  for (let at = 0; at < Math.max(a.sdp.length, b.sdp.length); at++) {
    const [one, other] = [a.sdp[at], b.sdp[at]];
    const title = at === 0 ? 'SDP of the session' : `SDP of media ${at}: ${(other ?? one)?.title ?? ''}`;
    sections.push({ title, differences: compareFields(one?.fields ?? [], other?.fields ?? []) });
  }
  sections.push({ title: 'Rest of the body', differences: compareValues('', a.rest, b.rest) });
  return sections.filter(({ differences }) => differences.length > 0);
}

/** What has one name, with all of its values in their order. */
interface Field {
  readonly name: string;
  readonly values: readonly string[];
  /** The order of the values says nothing. */
  readonly isSet?: boolean;
}

/** Fields by their names: those of the earlier text in its order, then those that only the later one has. */
function compareFields(before: readonly Field[], after: readonly Field[]): readonly Difference[] {
  const later = new Map(after.map((field) => [field.name, field]));
  const known = new Set(before.map(({ name }) => name));
  const compared = ({ name, isSet }: Field, a: readonly string[], b: readonly string[]): readonly Difference[] =>
    isSet === true ? compareSets(name, a, b) : compareValues(name, a, b);
  return [
    ...before.flatMap((field) => compared(field, field.values, later.get(field.name)?.values ?? [])),
    ...after.filter(({ name }) => !known.has(name)).flatMap((field) => compared(field, [], field.values)),
  ];
}

/** Headers of which each value says the same wherever it stands in the list. */
const SETS: ReadonlySet<string> = new Set([
  ...['allow', 'supported', 'require', 'proxy-require', 'unsupported', 'accept', 'accept-encoding', 'allow-events'],
]);

function fieldsOfHeaders({ headers }: MessageText): readonly Field[] {
  const fields = new Map<string, string[]>();
  for (const header of headers) add(fields, header.name, valuesOf(header));
  return [...fields].map(([name, values]) => ({ name: headerName(name), values, isSet: SETS.has(name) }));
}

const fieldsOfEvent = ({ headers }: ComparedStep): readonly Field[] =>
  Object.entries(headers)
    .map(([name, value]) => ({ name, values: typeof value === 'string' ? [value] : value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

interface SdpSection {
  readonly title: string;
  readonly fields: readonly Field[];
}

/** The SDP of a body by its sections, media at the place that it has (RFC 3264 §8), and the lines that are no SDP. */
function bodyOf({ body, contentType }: MessageText): { sdp: readonly SdpSection[]; rest: readonly string[] } {
  const found = findSdpIn(body, contentType);
  if (found === undefined) return { sdp: [], rest: linesOf(body) };
  const sections: { title: string; fields: Map<string, string[]> }[] = [{ title: '', fields: new Map() }];
  for (const line of linesOf(body.slice(found.start, found.end))) {
    if (line.startsWith('m=')) sections.push({ title: line.slice(2).split(/[ \t]/, 1)[0] ?? '', fields: new Map() });
    add(sections.at(-1)?.fields ?? new Map(), sdpName(line), [line]);
  }
  return {
    sdp: sections.map(({ title, fields }) => ({
      title,
      fields: [...fields].map(([name, values]) => ({ name, values })),
    })),
    rest: linesOf(`${body.slice(0, found.start)}\n${body.slice(found.end)}`),
  };
}

/** What a line of SDP is about: "c=", "a=ptime", and of a format "a=rtpmap 8". */
function sdpName(line: string): string {
  const [, attribute = '', value = ''] = /^a=([^:\s]+):?(.*)$/.exec(line) ?? [];
  if (attribute === '') return line[1] === '=' ? line.slice(0, 2) : 'line';
  return /^(?:rtpmap|fmtp|rtcp-fb|crypto|extmap|ssrc)$/.test(attribute)
    ? `a=${attribute} ${value.trim().split(/[ \t]/, 1)[0]}`
    : `a=${attribute}`;
}

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');

function add(fields: Map<string, string[]>, name: string, values: readonly string[]): void {
  const known = fields.get(name);
  if (known === undefined) fields.set(name, [...values]);
  else known.push(...values);
}
