import { hideKey } from '../../core/privacy/call-key.ts';
import type { Hidden } from '../../core/privacy/hidden.ts';
import { hidePerson } from '../../core/privacy/person.ts';
import { hideText } from '../../core/privacy/text.ts';
import { hideUri } from '../../core/privacy/uri.ts';
import type { KeyValue, Span, SpanEvent, Trace } from '../tempo/otlp.ts';
import type { SearchResponse } from '../tempo/search-answer.ts';
import { hideDetail } from './by-schema.ts';

/** Attributes by how they are shown; any other is read as a text. */
const PERSONS: ReadonlySet<string> = new Set(['sip.from', 'sip.to', 'sip.from_name']);
const KEYS: ReadonlySet<string> = new Set(['sip.call_id', 'sip.channel', 'channel']);
const PLAIN: ReadonlySet<string> = new Set([
  ...[
    'src',
    'dst',
    'kind',
    'tier',
    'why',
    'reason',
    'rtp.ssrc',
    'tenant',
    'seen_by',
    'network.transport',
    'service.name',
  ],
]);

/** A trace without numbers and names: of its spans, their events and their attributes. Ids and times stay. */
export const hideTrace = ({ resourceSpans }: Trace, hidden: Hidden): Trace => ({
  resourceSpans: resourceSpans.map(({ resource, scopeSpans }) => ({
    resource: { attributes: hideAttributes(resource.attributes, hidden) },
    scopeSpans: scopeSpans.map(({ scope, spans }) => ({ scope, spans: spans.map((span) => hideSpan(span, hidden)) })),
  })),
});

const hideSpan = (span: Span, hidden: Hidden): Span => ({
  ...span,
  name: hideName(span.name, hidden),
  attributes: hideAttributes(span.attributes, hidden),
  events: span.events.map((event) => hideEvent(event, hidden)),
  status: { ...span.status, message: hideText(span.status.message, hidden) },
});

/** "INVITE 1001 → +14155550101" and "leg 1001 → ?"; the ends of media are addresses. */
function hideName(name: string, hidden: Hidden): string {
  const [, what = '', from, to] = /^(\S+ )([\s\S]*?) → ([\s\S]*)$/.exec(name) ?? [];
  if (from === undefined || to === undefined || what === 'RTP ') return hideText(name, hidden);
  const party = (text: string): string => (text === '?' ? text : hidePerson(text, hidden.tokens));
  return `${what}${party(from)} → ${party(to)}`;
}

/** A step of the ladder (api/tempo/span.ts). */
function hideEvent({ name, attributes, ...rest }: SpanEvent, hidden: Hidden): SpanEvent {
  const isMessage = attributes.some(({ key }) => key === 'method' || key === 'response');
  const shown = attributes.map((one): KeyValue => {
    if (one.key !== 'detail' || !('stringValue' in one.value)) return hideAttribute(one, hidden);
    const { stringValue } = one.value;
    const said = isMessage ? hideUri(stringValue, hidden) : hideDetail(name, stringValue, hidden);
    return { key: one.key, value: { stringValue: said } };
  });
  return { ...rest, name: hideText(name, hidden), attributes: shown };
}

const hideAttributes = (attributes: readonly KeyValue[], hidden: Hidden): KeyValue[] =>
  attributes.map((one) => hideAttribute(one, hidden));

function hideAttribute(one: KeyValue, hidden: Hidden): KeyValue {
  const { key, value } = one;
  if (!('stringValue' in value) || PLAIN.has(key)) return one;
  const text = value.stringValue;
  if (PERSONS.has(key)) return { key, value: { stringValue: hidePerson(text, hidden.tokens) } };
  if (KEYS.has(key)) return { key, value: { stringValue: hideKey(text, hidden.tokens) } };
  return { key, value: { stringValue: hideText(text, hidden) } };
}

/** The list of a search. */
export const hideTraces = ({ traces, metrics }: SearchResponse, hidden: Hidden): SearchResponse => ({
  metrics,
  traces: traces.map(({ rootTraceName, spanSets, ...rest }) => ({
    ...rest,
    rootTraceName: hideName(rootTraceName, hidden),
    spanSets: spanSets.map(({ matched, spans }) => ({
      matched,
      spans: spans.map((span) => ({
        ...span,
        name: hideName(span.name, hidden),
        attributes: hideAttributes(span.attributes, hidden),
      })),
    })),
  })),
});
