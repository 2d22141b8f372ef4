import protobuf from 'protobufjs/light.js';
import type { Trace } from './otlp.ts';

/**
 * A trace in protobuf: message Trace of Tempo (the wire form of OTLP's TracesData) and TraceByIDResponse around it. The
 * numbers are those of opentelemetry-proto trace/v1/trace.proto, common/v1/common.proto, resource/v1/resource.proto and
 * tempo.proto. Only the fields that are written stand here.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    AnyValue: {
      oneofs: { value: { oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue'] } },
      fields: {
        stringValue: { type: 'string', id: 1 },
        boolValue: { type: 'bool', id: 2 },
        intValue: { type: 'int64', id: 3 },
        doubleValue: { type: 'double', id: 4 },
      },
    },
    KeyValue: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AnyValue', id: 2 } } },
    Resource: { fields: { attributes: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
    Scope: { fields: { name: { type: 'string', id: 1 }, version: { type: 'string', id: 2 } } },
    Status: { fields: { message: { type: 'string', id: 2 }, code: { type: 'int32', id: 3 } } },
    Event: {
      fields: {
        timeUnixNano: { type: 'fixed64', id: 1 },
        name: { type: 'string', id: 2 },
        attributes: { rule: 'repeated', type: 'KeyValue', id: 3 },
      },
    },
    Link: {
      fields: {
        traceId: { type: 'bytes', id: 1 },
        spanId: { type: 'bytes', id: 2 },
        attributes: { rule: 'repeated', type: 'KeyValue', id: 4 },
      },
    },
    Span: {
      fields: {
        traceId: { type: 'bytes', id: 1 },
        spanId: { type: 'bytes', id: 2 },
        parentSpanId: { type: 'bytes', id: 4 },
        name: { type: 'string', id: 5 },
        kind: { type: 'int32', id: 6 },
        startTimeUnixNano: { type: 'fixed64', id: 7 },
        endTimeUnixNano: { type: 'fixed64', id: 8 },
        attributes: { rule: 'repeated', type: 'KeyValue', id: 9 },
        events: { rule: 'repeated', type: 'Event', id: 11 },
        links: { rule: 'repeated', type: 'Link', id: 13 },
        status: { type: 'Status', id: 15 },
      },
    },
    ScopeSpans: {
      fields: { scope: { type: 'Scope', id: 1 }, spans: { rule: 'repeated', type: 'Span', id: 2 } },
    },
    ResourceSpans: {
      fields: { resource: { type: 'Resource', id: 1 }, scopeSpans: { rule: 'repeated', type: 'ScopeSpans', id: 2 } },
    },
    Trace: { fields: { resourceSpans: { rule: 'repeated', type: 'ResourceSpans', id: 1 } } },
    TraceByIDResponse: { fields: { trace: { type: 'Trace', id: 1 } } },
  },
});
const TraceType = root.lookupType('Trace');
const TraceByIdType = root.lookupType('TraceByIDResponse');

/** Message Trace, which `/api/traces/{id}` answers with. */
export const encodeTrace = (trace: Trace): Buffer => Buffer.from(TraceType.encode(withBytes(trace)).finish());

/** Message TraceByIDResponse, which `/api/v2/traces/{id}` answers with. */
export const encodeTraceById = (trace: Trace): Buffer =>
  Buffer.from(TraceByIdType.encode({ trace: withBytes(trace) }).finish());

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

/** The same trace with its ids as bytes. */
const withBytes = ({ resourceSpans }: Trace): object => ({
  resourceSpans: resourceSpans.map(({ resource, scopeSpans }) => ({
    resource,
    scopeSpans: scopeSpans.map(({ scope, spans }) => ({
      scope,
      spans: spans.map((span) => ({
        ...span,
        traceId: bytes(span.traceId),
        spanId: bytes(span.spanId),
        parentSpanId: bytes(span.parentSpanId),
        links: span.links.map((link) => ({ ...link, traceId: bytes(link.traceId), spanId: bytes(link.spanId) })),
      })),
    })),
  })),
});
