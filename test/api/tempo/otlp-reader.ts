import protobuf from 'protobufjs';

/**
 * Reads what Grafana reads, by the definitions that OpenTelemetry and Tempo publish (opentelemetry-proto v1:
 * trace/v1/trace.proto, common/v1/common.proto, resource/v1/resource.proto; tempo pkg/tempopb/tempo.proto), written down
 * here apart from those that the API encodes with.
 */
const PROTO = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; bytes bytes_value = 7; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message Status { reserved 1; string message = 2; enum StatusCode { STATUS_CODE_UNSET = 0; STATUS_CODE_OK = 1; STATUS_CODE_ERROR = 2; } StatusCode code = 3; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  enum SpanKind { SPAN_KIND_UNSPECIFIED = 0; SPAN_KIND_INTERNAL = 1; SPAN_KIND_SERVER = 2; SPAN_KIND_CLIENT = 3; SPAN_KIND_PRODUCER = 4; SPAN_KIND_CONSUMER = 5; }
  SpanKind kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
  repeated Event events = 11; uint32 dropped_events_count = 12;
  message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; uint32 dropped_attributes_count = 5; fixed32 flags = 6; }
  repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16;
}
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message ResourceSpans { reserved 1000; Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Trace { repeated ResourceSpans resource_spans = 1; }
message TraceByIDMetrics { uint64 inspected_bytes = 1; }
message TraceByIDResponse { Trace trace = 1; TraceByIDMetrics metrics = 2; enum PartialStatus { COMPLETE = 0; PARTIAL = 1; } PartialStatus status = 3; string message = 4; }
`;
const root = protobuf.parse(PROTO).root;

export interface ReadAttribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: string;
    readonly boolValue?: boolean;
    readonly doubleValue?: number;
  };
}

export interface ReadSpan {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId?: Buffer;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly ReadAttribute[];
  readonly events?: readonly {
    readonly timeUnixNano: string;
    readonly name: string;
    readonly attributes?: readonly ReadAttribute[];
  }[];
  readonly links?: readonly {
    readonly traceId: Buffer;
    readonly spanId: Buffer;
    readonly attributes?: readonly ReadAttribute[];
  }[];
  readonly status?: { readonly code?: string; readonly message?: string };
}

export interface ReadTrace {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes?: readonly ReadAttribute[] };
    readonly scopeSpans: readonly { readonly scope?: { readonly name: string }; readonly spans: readonly ReadSpan[] }[];
  }[];
}

/** What is not in the bytes is not in the answer, so that a missing status is seen. */
function read(type: string, bytes: Buffer): unknown {
  const message = root.lookupType(type);
  return message.toObject(message.decode(bytes), { longs: String, enums: String, bytes: Buffer });
}

export const readTraceById = (bytes: Buffer): { readonly trace?: ReadTrace } =>
  read('TraceByIDResponse', bytes) as { trace?: ReadTrace };
export const readTrace = (bytes: Buffer): ReadTrace => read('Trace', bytes) as ReadTrace;

export const spansOf = ({ resourceSpans }: ReadTrace): ReadSpan[] =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));

export function attribute(attributes: readonly ReadAttribute[] | undefined, key: string): string | undefined {
  const value = attributes?.find((one) => one.key === key)?.value;
  if (value === undefined) return undefined;
  const [said] = Object.values(value);
  return said === undefined ? undefined : String(said);
}
