import { HttpProblem } from '../problem.ts';

/** Hex digits of a whole trace id. */
const LENGTH = 32;
/** A number of at most so many digits was meant as one: ids of calls are longer. */
const MAX_NUMBER = 15;

/**
 * The trace id that is asked for, as 32 lower-case hex digits: clients write it in any case and leave zeros at its
 * beginning out. In Grafana's query box a bare phone number is taken for a trace id, so that one is told what to type.
 */
export function askedTraceId(text: string): string {
  const id = text.trim();
  if (!/^[0-9a-fA-F]+$/.test(id) || id.length > LENGTH) {
    throw new HttpProblem(
      400,
      'bad_trace_id',
      `A trace id is 1 to ${LENGTH} hex digits, not "${text.slice(0, 100)}": search calls with { span.sip.call_id = "…" }`,
    );
  }
  if (/^\d+$/.test(id) && id.length <= MAX_NUMBER) {
    throw new HttpProblem(
      404,
      'not_a_trace_id',
      `${id} is not a call: search numbers with { span.sip.number = "${id}" }`,
    );
  }
  return id.toLowerCase().padStart(LENGTH, '0');
}

export const unknownTrace = (traceId: string): HttpProblem =>
  new HttpProblem(404, 'unknown_trace', `No call is stored that has the trace id ${traceId}.`);
