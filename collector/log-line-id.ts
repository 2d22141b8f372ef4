import { createOrdinals, type Ordinals } from './ordinals.ts';

/**
 * The id of a log line, the same for the line that came over the event socket and for the one that mod_logfile wrote,
 * so that a line seen both ways is stored once. The two texts are not the same bytes: before it puts the channel in
 * front of a line, mod_logfile takes pairs of apostrophes, backslashes and outer spaces away (switch_split), breaks
 * the line at a written "\n" and cuts it at 2047 bytes. So an id is made of what both have: the node, the channel, the
 * time as written, and the first line without any of these.
 *
 * A file without channels gives its lines other ids than the event socket does, on purpose: such a line must not take
 * the place of one that is known to belong to a call.
 */

/** Ids remembered of one time to tell equal lines apart. A tick of the switch's clock (20 ms) brings some hundred at most. */
const REMEMBERED = 20_000;
/** Lines come in the order of the switch's log queue, which is that of their times but for some ticks. */
const REMEMBERED_TIMES = 50;
/** Never reaches the 2047 bytes, even when each character has three and the channel's name is long. */
const COMPARED_CHARACTERS = 400;
const LOOKED_AT_CHARACTERS = 4_000;

export interface LogLineIds {
  /**
   * The id of the next line. `stamp` is the time as written; of a line without time the one of the line before it.
   * Lines that are equal in all of it are told apart by their order, so lines must come in the order of the switch.
   */
  next(channel: string, stamp: string, text: string): string;
}

/** What it remembers of earlier lines begins anew with each connection or file. */
export function createLogLineIds(node: string): LogLineIds {
  const times = new Map<string, Ordinals>();
  const hash = new LineHash();
  let now = '';
  let ordinals = createOrdinals(REMEMBERED);

  const ordinalsOf = (stamp: string): Ordinals => {
    if (stamp === now) return ordinals;
    now = stamp;
    ordinals = times.get(stamp) ?? createOrdinals(REMEMBERED);
    times.set(stamp, ordinals);
    if (times.size > REMEMBERED_TIMES) times.delete(times.keys().next().value ?? '');
    return ordinals;
  };

  return {
    next(channel, stamp, text) {
      hash.begin(node, channel, stamp);
      hash.addCompared(text);
      const base = hash.digits();
      const ordinal = ordinalsOf(stamp).next(base);
      if (ordinal === 0) return base;
      hash.begin(base, String(ordinal), '');
      return hash.digits();
    },
  };
}

const SPACE = /\s/;
const BACKSLASH = 0x5c;

/**
 * 64 bits over texts, two multiplicative hashes side by side. A cryptographic one would take half of the time that a
 * line costs, and whoever made two lines of his own call equal would hide nothing but the second of them.
 */
class LineHash {
  #a = 0;
  #b = 0;
  #from = { first: '', second: '', third: '', a: 0, b: 0 };

  /** Three texts, which most often are those of the time before. */
  begin(first: string, second: string, third: string): void {
    const from = this.#from;
    if (from.second !== second || from.third !== third || from.first !== first) {
      this.#a = 0xdeadbeef;
      this.#b = 0x41c6ce57;
      this.#add(first);
      this.#add(second);
      this.#add(third);
      this.#from = { first, second, third, a: this.#a, b: this.#b };
    } else {
      this.#a = from.a;
      this.#b = from.b;
    }
  }

  /** The text and its end. */
  #add(text: string): void {
    for (let i = 0; i < text.length; i += 1) this.#addCode(text.charCodeAt(i));
    this.#addCode(0x10000);
  }

  /** What of a line both ways have in common, see above. */
  addCompared(text: string): void {
    const length = Math.min(text.length, LOOKED_AT_CHARACTERS);
    let compared = 0;
    for (let i = 0; i < length && compared < COMPARED_CHARACTERS; i += 1) {
      const code = text.charCodeAt(i);
      if (code === 0x0a || code === 0x0d) {
        if (compared > 0) break;
      } else if (code === BACKSLASH) {
        const next = text.charCodeAt(i + 1);
        if (next === 0x6e) break;
        // \r, \t, \s
        if (next === 0x72 || next === 0x74 || next === 0x73) i += 1;
      } else if (code !== 0x20 && code !== 0x22 && code !== 0x27) {
        if ((code < 0x20 || code > 0x7f) && SPACE.test(text[i]!)) continue;
        this.#addCode(code);
        compared += 1;
      }
    }
  }

  digits(): string {
    let a = this.#a;
    let b = this.#b;
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
    b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
    return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
  }

  #addCode(code: number): void {
    this.#a = Math.imul(this.#a ^ code, 0x9e3779b1);
    this.#b = Math.imul(this.#b ^ code, 0x5f356495);
  }
}
