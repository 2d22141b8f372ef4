import { type HeaderValue, LazyHeaders } from '../model/headers.ts';
import { type Entries, endOf, hashName, hashOf, nameEndOf, readValue, startOf } from './entries.ts';
import { restoreHeaders } from './recipe.ts';

/** A name as it stands in the bytes, with its quotes. */
interface WrittenName {
  readonly bytes: Buffer;
  readonly hash: number;
}

/** Names that were asked for: some fifty, and those that a site has configured. */
const asked = new Map<string, WrittenName>();
const MAX_ASKED = 10_000;

function written(name: string): WrittenName {
  let found = asked.get(name);
  if (found === undefined) {
    if (asked.size >= MAX_ASKED) asked.clear();
    const bytes = Buffer.from(JSON.stringify(name));
    found = { bytes, hash: hashName(bytes, 0, bytes.length) };
    asked.set(name, found);
  }
  return found;
}

/** Headers over the bytes that hold all of them. */
export class WholeHeaders extends LazyHeaders {
  readonly entries: Entries;
  /** By hash of the name: place + 1, or 0 for none. Of two that have one name the last counts. */
  readonly #table: Int32Array;
  /** Places of names that are there more than once: a CHANNEL_HANGUP_COMPLETE says Hangup-Cause twice. */
  #repeated: Set<number> | undefined;
  readonly #values: (HeaderValue | undefined)[] = [];

  constructor(entries: Entries) {
    super();
    this.entries = entries;
    let size = 64;
    while (size < entries.count * 2) size *= 2;
    this.#table = new Int32Array(size);
    for (let place = 0; place < entries.count; place += 1) this.#add(place);
  }

  #add(place: number): void {
    const { entries } = this;
    const table = this.#table;
    const mask = table.length - 1;
    const hash = hashOf(entries, place);
    const start = startOf(entries, place);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const other = table[slot]! - 1;
      if (other >= 0 && !this.#isNamed(other, entries.bytes, start, nameEndOf(entries, place), hash)) continue;
      if (other >= 0) {
        this.#repeated ??= new Set();
        this.#repeated.add(place);
      }
      table[slot] = place + 1;
      return;
    }
  }

  #isNamed(place: number, bytes: Buffer, start: number, nameEnd: number, hash: number): boolean {
    const { entries } = this;
    if (hashOf(entries, place) !== hash) return false;
    return isEqual(entries.bytes, startOf(entries, place), nameEndOf(entries, place), bytes, start, nameEnd);
  }

  /** Which entry has the name that stands here; -1 for none. */
  placeOfName(bytes: Buffer, start: number, nameEnd: number, hash: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    for (let slot = hash & mask; table[slot] !== 0; slot = (slot + 1) & mask) {
      const place = table[slot]! - 1;
      if (this.#isNamed(place, bytes, start, nameEnd, hash)) return place;
    }
    return -1;
  }

  placeOf(name: string): number {
    const { bytes, hash } = written(name);
    return this.placeOfName(bytes, 0, bytes.length, hash);
  }

  isRepeated(place: number): boolean {
    return this.#repeated?.has(place) === true;
  }

  valueAt(place: number): HeaderValue {
    const known = this.#values[place];
    if (known !== undefined) return known;
    const { entries } = this;
    const value = readValue(entries.bytes, nameEndOf(entries, place), endOf(entries, place));
    this.#values[place] = value;
    return value;
  }

  get(name: string): HeaderValue | undefined {
    const place = this.placeOf(name);
    return place < 0 ? undefined : this.valueAt(place);
  }

  text(): string {
    return this.entries.bytes.toString('utf8');
  }
}

/** What an event says that its base does not: three numbers each. */
export interface Added {
  /** Which entry of the base has the name, or -1; where the name ends and where the value ends in the text. */
  readonly numbers: readonly number[];
  readonly text: Buffer;
}

/** Headers over those of another event and what is new. No name is both new and copied. */
export class ChangedHeaders extends LazyHeaders {
  readonly #base: WholeHeaders;
  readonly #recipe: string;
  readonly #added: Added;
  /** First and last of each stretch of entries that the base gives. */
  readonly #copied: readonly number[];
  #all: Readonly<Record<string, HeaderValue>> | undefined;

  constructor(base: WholeHeaders, recipe: string, added: Added, copied: readonly number[]) {
    super();
    this.#base = base;
    this.#recipe = recipe;
    this.#added = added;
    this.#copied = copied;
  }

  get(name: string): HeaderValue | undefined {
    const place = this.#base.placeOf(name);
    if (place < 0) return this.#ownValue(name);
    // Of two that have one name the last counts, and only the whole tells which that is.
    if (this.#base.isRepeated(place)) {
      this.#all ??= this.all();
      return this.#all[name];
    }
    const { numbers, text } = this.#added;
    for (let i = numbers.length - 3; i >= 0; i -= 3) {
      if (numbers[i] === place) return readValue(text, numbers[i + 1]!, numbers[i + 2]!);
    }
    return isWithin(this.#copied, place) ? this.#base.valueAt(place) : undefined;
  }

  /** The value of a name that the base does not have. */
  #ownValue(name: string): HeaderValue | undefined {
    const { bytes } = written(name);
    const { numbers, text } = this.#added;
    for (let i = numbers.length - 3; i >= 0; i -= 3) {
      if (numbers[i] !== -1) continue;
      const nameEnd = numbers[i + 1]!;
      if (isEqual(bytes, 0, bytes.length, text, nameEnd - bytes.length, nameEnd)) {
        return readValue(text, nameEnd, numbers[i + 2]!);
      }
    }
    return undefined;
  }

  text(): string {
    const whole = restoreHeaders(this.#base.entries.bytes, this.#recipe, this.#added.text);
    if (whole === undefined) throw new Error(`headers cannot be restored by "${this.#recipe}"`);
    return whole.toString('utf8');
  }
}

/** True for a place in one of these stretches: first and last of each, one after the other. */
export function isWithin(stretches: readonly number[], place: number): boolean {
  for (let i = 0; i < stretches.length; i += 2) if (place >= stretches[i]! && place <= stretches[i + 1]!) return true;
  return false;
}

function isEqual(a: Buffer, aStart: number, aEnd: number, b: Buffer, bStart: number, bEnd: number): boolean {
  if (aEnd - aStart !== bEnd - bStart || bStart < 0) return false;
  for (let i = aStart, j = bStart; i < aEnd; i += 1, j += 1) if (a[i] !== b[j]) return false;
  return true;
}
