import { type Entries, endOf, scanEntries, startOf } from './entries.ts';

/**
 * Events of one channel repeat each other: of some hundred headers a few are new. So most are stored as what is new,
 * and a recipe for the whole: "1,1-5,3,9-57" is the next 1 of the new headers, headers 1 to 5 of the base (counted from
 * 0), the next 3 new ones, headers 9 to 57 of the base. The base is another event of the channel. Every recipe names one
 * whose headers were stored whole, and gives back the very bytes; "" is the recipe of what is stored whole.
 */

export interface KeptHeaders {
  /** Id of the event that the recipe copies from; "" for headers that are kept whole. */
  readonly base: string;
  readonly recipe: string;
  /** A JSON object: all headers, or those that the base does not have. */
  readonly text: Buffer;
}

/** Collects a recipe, one header after the other. */
export class RecipeWriter {
  #steps = '';
  #new = 0;
  #from = -1;
  #to = -1;

  addNew(): void {
    this.#endCopy();
    this.#new += 1;
  }

  /** Headers `first` to `last` of the base. */
  addCopies(first: number, last: number): void {
    if (this.#from >= 0 && first === this.#to + 1) {
      this.#to = last;
      return;
    }
    this.#endCopy();
    this.#endNew();
    this.#from = first;
    this.#to = last;
  }

  text(): string {
    this.#endCopy();
    this.#endNew();
    return this.#steps;
  }

  #endCopy(): void {
    if (this.#from < 0) return;
    this.#step(`${this.#from}-${this.#to}`);
    this.#from = -1;
  }

  #endNew(): void {
    if (this.#new === 0) return;
    this.#step(String(this.#new));
    this.#new = 0;
  }

  #step(step: string): void {
    this.#steps = this.#steps === '' ? step : `${this.#steps},${step}`;
  }
}

/** The whole headers, one JSON object; undefined when base, recipe and text do not belong together. */
export function restoreHeaders(base: Buffer, recipe: string, text: Buffer): Buffer | undefined {
  const known = scanEntries(base);
  const added = scanEntries(text);
  if (known === undefined || added === undefined) return undefined;
  const parts: Buffer[] = [];
  let next = 0;
  for (const step of recipe.split(',')) {
    const [, first, last] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(step) ?? [];
    if (first === undefined) return undefined;
    if (last === undefined) {
      if (!take(added, next, next + Number(first) - 1, parts)) return undefined;
      next += Number(first);
    } else if (!take(known, Number(first), Number(last), parts)) {
      return undefined;
    }
  }
  return next === added.count ? Buffer.concat([OPEN, ...parts.slice(1), CLOSE]) : undefined;
}

const OPEN = Buffer.from('{');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from('}');

/** Neighbours stand together in the bytes with the comma between them. */
function take(entries: Entries, first: number, last: number, parts: Buffer[]): boolean {
  if (first > last || last >= entries.count) return false;
  parts.push(COMMA, entries.bytes.subarray(startOf(entries, first), endOf(entries, last)));
  return true;
}
