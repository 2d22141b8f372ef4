/**
 * A trace in the shape of OTLP/JSON (opentelemetry-proto trace/v1/trace.proto and the JSON encoding of the OTLP
 * specification): ids are hex, times and integers of 64 bits are decimal text, enums are numbers.
 */

export interface Trace {
  readonly resourceSpans: readonly ResourceSpans[];
}

export interface ResourceSpans {
  readonly resource: { readonly attributes: readonly KeyValue[] };
  readonly scopeSpans: readonly ScopeSpans[];
}

export interface ScopeSpans {
  readonly scope: { readonly name: string; readonly version: string };
  readonly spans: readonly Span[];
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** "" for the root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** Always there: Grafana's data source fails on a span without one. */
  readonly status: SpanStatus;
}

export interface SpanEvent {
  readonly timeUnixNano: string;
  readonly name: string;
  readonly attributes: readonly KeyValue[];
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly KeyValue[];
}

export interface SpanStatus {
  readonly code: number;
  readonly message: string;
}

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

export type AnyValue =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly boolValue: boolean };

export const SPAN_KIND = { internal: 1, server: 2 } as const;
export const STATUS_CODE = { unset: 0, ok: 1, error: 2 } as const;

/** Epoch µs as the nanoseconds of OTLP: a double cannot hold them. */
export const nanosOf = (us: number): string => String(BigInt(Math.round(us)) * 1000n);

/** Attributes of what is known: empty texts and undefined values are left out. */
export function attributesOf(values: Readonly<Record<string, string | number | boolean | undefined>>): KeyValue[] {
  const attributes: KeyValue[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === '') continue;
    attributes.push({ key, value: anyValueOf(value) });
  }
  return attributes;
}

function anyValueOf(value: string | number | boolean): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
