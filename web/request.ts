import { texts } from './texts/language.ts';

const words = texts.parts;

/** One answer of the API: what it holds, or a sentence to show a person. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly message: string };

/**
 * Fetches JSON from the API. An answer that is no JSON and a server that does not answer become a sentence as well.
 * Rejects only when `signal` is aborted.
 */
export async function request<T>(path: string, signal: AbortSignal): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(path, { signal, headers: { accept: 'application/json' }, credentials: 'same-origin' });
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, status: 0, message: words.noAnswer };
  }
  let body: unknown;
  try {
    body = await response.json();
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, status: response.status, message: words.unreadable(response.status) };
  }
  // /healthz answers 503 with a full body when a source is down: that is an answer, not a failure.
  if (response.ok || isHealth(body)) return { ok: true, value: body as T };
  return { ok: false, status: response.status, message: messageOf(body) ?? words.refused(response.status) };
}

function isHealth(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'sources' in body && 'store' in body;
}

function messageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined;
  return typeof body.message === 'string' && body.message !== '' ? body.message : undefined;
}
