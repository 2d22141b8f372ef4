import { stableId } from '../core/model/id.ts';
import { createOrdinals } from './ordinals.ts';

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

/** Ids remembered to tell equal lines apart. A tick of the switch's clock (20 ms) brings some hundred at most. */
const REMEMBERED = 20_000;
/** Never reaches the 2047 bytes, even when each character has three and the channel's name is long. */
const COMPARED_CHARACTERS = 400;
const LOOKED_AT_CHARACTERS = 4_000;

const WRITTEN_AWAY = /\\[nrts]|[\s'"\\]/g;
const LINE_END = /[\r\n]|\\n/;

export interface LogLineIds {
  /**
   * The id of the next line. `stamp` is the time as written; of a line without time the one of the line before it.
   * Lines that are equal in all of it are told apart by their order, so lines must come in the order of the switch.
   */
  next(channel: string, stamp: string, text: string): string;
}

/** What it remembers of earlier lines begins anew with each connection or file. */
export function createLogLineIds(node: string): LogLineIds {
  const ordinals = createOrdinals(REMEMBERED);
  return {
    next(channel, stamp, text) {
      const base = stableId('log', node, channel, stamp, comparedPart(text));
      const ordinal = ordinals.next(base);
      return ordinal === 0 ? base : stableId('log', base, ordinal);
    },
  };
}

function comparedPart(text: string): string {
  const start = text.slice(0, LOOKED_AT_CHARACTERS).trimStart();
  const end = start.search(LINE_END);
  const line = end < 0 ? start : start.slice(0, end);
  return line.replace(WRITTEN_AWAY, '').slice(0, COMPARED_CHARACTERS);
}
