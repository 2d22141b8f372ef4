/** Text, or the texts of a variable that is there more than once. */
export type HeaderValue = string | readonly string[];

/**
 * Headers that are read when they are asked for: most events are asked for a few of some hundred, and reading all of
 * them costs more than everything else that is done with an event.
 */
export abstract class LazyHeaders {
  abstract get(name: string): HeaderValue | undefined;
  /** All of them as the switch wrote them: one JSON object. */
  abstract text(): string;

  /** All of them by name. */
  all(): Readonly<Record<string, HeaderValue>> {
    // No prototype: a header may be called "__proto__" or "constructor".
    const headers: Record<string, HeaderValue> = Object.create(null);
    for (const [name, value] of Object.entries(JSON.parse(this.text()) as Record<string, HeaderValue>)) {
      headers[name] = value;
    }
    return headers;
  }

  toJSON(): unknown {
    return this.all();
  }
}

/** Header names as the switch writes them ("Unique-ID", "variable_sip_call_id"). */
export type EventHeaders = Readonly<Record<string, HeaderValue>> | LazyHeaders;

function valuesOf(headers: EventHeaders, name: string): HeaderValue | undefined {
  if (headers instanceof LazyHeaders) return headers.get(name);
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}

/** The text value of a header, "" when absent; the first one of an array. */
export function headerOf(headers: EventHeaders, name: string): string {
  const value = valuesOf(headers, name);
  if (value === undefined) return '';
  return typeof value === 'string' ? value : (value[0] ?? '');
}

/** All values of a header; [] when absent. */
export function headersOf(headers: EventHeaders, name: string): readonly string[] {
  const value = valuesOf(headers, name);
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** All headers by name. */
export function allHeaders(headers: EventHeaders): Readonly<Record<string, HeaderValue>> {
  return headers instanceof LazyHeaders ? headers.all() : headers;
}
