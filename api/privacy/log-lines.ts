import { hideKey } from '../../core/privacy/call-key.ts';
import { hideHeader, learnHeaders } from '../../core/privacy/event-headers.ts';
import { createHidden, type Hidden } from '../../core/privacy/hidden.ts';
import { hidePerson } from '../../core/privacy/person.ts';
import { hideReport } from '../../core/privacy/report.ts';
import { hideSip, learnSip } from '../../core/privacy/sip.ts';
import { hideText } from '../../core/privacy/text.ts';
import { inTurns, mapped } from '../../core/runtime/in-turns.ts';
import { hiddenOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';

type Labels = Readonly<Record<string, string>>;

/** A line of Loki's API, and the leg that it is of. */
export interface ShownLine {
  readonly text: string;
  readonly stream: Labels;
  readonly metadata: Labels;
}

const PERSONS: ReadonlySet<string> = new Set(['from_user', 'to_user']);
const KEYS: ReadonlySet<string> = new Set(['call_id', 'callid', 'leg', 'channel']);
/** What senders wrote: a word as a rule, which may hold anything. */
const WRITTEN: ReadonlySet<string> = new Set([
  'method',
  'response',
  'cseq',
  'flaw',
  'file',
  'subclass',
  'event',
  'direction',
  'protocol',
]);

/** The value of one label. Labels that are not named here are the operator's, the network's or ours. */
export function hideLabel(label: string, value: string, hidden: Hidden): string {
  if (PERSONS.has(label)) return hidePerson(value, hidden.tokens);
  if (KEYS.has(label)) return hideKey(value, hidden.tokens);
  return WRITTEN.has(label) && /\d{5}/.test(value) ? hideText(value, hidden) : value;
}

export function hideLabels(labels: Labels, hidden: Hidden | undefined): Record<string, string> {
  if (hidden === undefined) return { ...labels };
  return Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, hideLabel(label, value, hidden)]));
}

/**
 * Lines without numbers and names, for whoever is asking `options` for. Those that are known are of the lines themselves and of
 * the legs that they belong to: a line of the log says less of who is in it than its call does.
 */
export async function hideLines<T extends ShownLine>(
  store: Store,
  lines: readonly T[],
  options: SelectOptions,
): Promise<T[]> {
  const asker = hiddenOf(options);
  if (asker === undefined) return [...lines];
  const hidden = createHidden(asker.tokens);
  const callIds = new Set<string>();
  const channels = new Set<string>();
  for (const { text, stream, metadata } of lines) {
    if (metadata.type === 'sip') learnSip(Buffer.from(text), hidden.vocabulary);
    else {
      if (stream.call_id !== undefined) callIds.add(stream.call_id);
      if (metadata.channel !== undefined) channels.add(metadata.channel);
    }
    for (const label of PERSONS) hidden.vocabulary.add(metadata[label] ?? '');
    if (metadata.type === 'event') learnHeaders(Object.fromEntries(pairsOf(text)), hidden.vocabulary);
  }
  await learnLegs(store, [...callIds], [...channels], hidden, options);
  const shown = (line: T): T => ({
    ...line,
    text: hideLine(line, hidden),
    stream: hideLabels(line.stream, hidden),
    metadata: hideLabels(line.metadata, hidden),
  });
  return inTurns(mapped(lines, LINES_A_TURN, shown));
}

/** Others are answered meanwhile: a line may have tens of thousands of letters, each of which may take some µs. */
const LINES_A_TURN = 2;

function hideLine({ text, metadata }: ShownLine, hidden: Hidden): string {
  switch (metadata.type) {
    case 'sip':
      return hideSip(Buffer.from(text), hidden).toString();
    case 'event':
      return hideEvent(text, hidden);
    case 'log':
      return hideText(text, hidden);
    default:
      return hideReport(text, hidden);
  }
}

/** "NAME SUBCLASS Header=value Header="some words"" (places.ts); a quote in a value ends it there. */
const PAIR = / ([A-Za-z][\w-]*)=("[^"]*"|\S*)/g;

const pairsOf = (text: string): [string, string][] =>
  [...text.matchAll(PAIR)].map(([, name = '', value = '']) => [name, value.replace(/^"|"$/g, '')]);

function hideEvent(text: string, hidden: Hidden): string {
  const [, variable] = / Variable=(\S+)/.exec(text) ?? [];
  const shown = text.replace(PAIR, (_, name: string, value: string) => {
    const quote = value.startsWith('"') ? '"' : '';
    const kind = name === 'Value' && variable !== undefined ? variable : name;
    return ` ${name}=${quote}${hideHeader(kind, quote === '' ? value : value.slice(1, -1), hidden)}${quote}`;
  });
  return hideText(shown, hidden);
}

/** Of each leg what it began with; more names are in the lines themselves. */
const EACH = 4;
const AT_MOST = 5000;

async function learnLegs(
  store: Store,
  callIds: readonly string[],
  channels: readonly string[],
  { vocabulary }: Hidden,
  options: SelectOptions,
): Promise<void> {
  const [messages, events] = await Promise.all([
    callIds.length === 0
      ? []
      : store.select<{ bytes: string }>(
          `SELECT base64Encode(payload) AS bytes FROM messages WHERE call_id IN {callIds:Array(String)} AND protocol = 1
           ORDER BY call_id, status > 0, at LIMIT {each:UInt32} BY call_id LIMIT {most:UInt32}`,
          { callIds, each: EACH, most: AT_MOST },
          options,
        ),
    channels.length === 0
      ? []
      : store.select<{ headers: string }>(
          `SELECT headers FROM events WHERE channel IN {channels:Array(String)}
           ORDER BY channel, whole DESC, at LIMIT {each:UInt32} BY channel LIMIT {most:UInt32}`,
          { channels, each: EACH, most: AT_MOST },
          options,
        ),
  ]);
  for (const { bytes } of messages) learnSip(Buffer.from(bytes, 'base64'), vocabulary);
  for (const { headers } of events) learnHeaders(JSON.parse(headers), vocabulary);
}
