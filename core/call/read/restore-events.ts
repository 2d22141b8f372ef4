import { restoreHeaders } from '../../event/recipe.ts';
import type { HeaderValue } from '../../model/headers.ts';

/** Headers as they are stored, see core/event/recipe.ts. `text` is a JSON object. */
export interface StoredHeaders {
  readonly id: string;
  readonly base: string;
  readonly recipe: string;
  readonly text: string;
}

export interface RestoredHeaders {
  readonly headers: Readonly<Record<string, HeaderValue>>;
  /** The base is not among the events: only what was new is known. */
  readonly partial: boolean;
}

/** The whole headers of events that were read together, in the same order. */
export function restoreAll(stored: readonly StoredHeaders[]): RestoredHeaders[] {
  const byId = new Map(stored.map((one) => [one.id, one]));
  const whole = new Map<string, Buffer | undefined>();

  const wholeOf = (one: StoredHeaders): Buffer | undefined => {
    if (one.recipe === '') return Buffer.from(one.text);
    if (whole.has(one.id)) return whole.get(one.id);
    // A base is stored whole; should it be there only as a change of another event, that one is looked for. A circle
    // ends here.
    whole.set(one.id, undefined);
    const base = byId.get(one.base);
    const bytes = base === undefined ? undefined : wholeOf(base);
    const restored = bytes === undefined ? undefined : restoreHeaders(bytes, one.recipe, Buffer.from(one.text));
    whole.set(one.id, restored);
    return restored;
  };

  return stored.map((one) => {
    const text = one.recipe === '' ? one.text : wholeOf(one)?.toString('utf8');
    return { headers: parse(text ?? one.text), partial: text === undefined };
  });
}

function parse(text: string): Record<string, HeaderValue> {
  return JSON.parse(text) as Record<string, HeaderValue>;
}
