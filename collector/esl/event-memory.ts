import { scanEntries } from '../../core/event/entries.ts';
import { WholeHeaders } from '../../core/event/header-text.ts';
import type { KeptHeaders } from '../../core/event/recipe.ts';
import type { LazyHeaders } from '../../core/model/capture-event.ts';
import { cleanChangeOf, isFit } from './event-change.ts';

/** Channels remembered per connection; each takes some 25 KB. One that was forgotten has its next event kept whole. */
const REMEMBERED_CHANNELS = 2000;
/** Bases older than this are not used: the whole and what refers to it go by the day of arrival. */
const DAY_US = 86_400_000_000;

export interface Taken {
  readonly headers: LazyHeaders;
  readonly kept: KeptHeaders;
}

/** A change that is this much of the event is none: it is kept whole. */
const FAR = 0.7;
/** Bytes of news after which the event is the better base: those that follow will repeat them. */
const MUCH = 3000;

interface Remembered {
  readonly id: string;
  readonly whole: WholeHeaders;
  readonly day: number;
}

/** What one connection remembers of the events before, so that only what is new in an event need be stored. */
export interface EventMemory {
  /**
   * Reads the headers of an event. Answers undefined when the bytes are not as a FreeSWITCH writes them or hold what may
   * be a secret: they have to be put into that form and cleaned first, and come with `isClean` then.
   *
   * @param channel whose earlier events it may repeat; "" for none
   * @param idOf the id of the event, by which later ones name it as their base
   */
  take(
    body: Buffer,
    channel: string,
    arrivedUs: number,
    idOf: (headers: LazyHeaders) => string,
    isClean: boolean,
  ): Taken | undefined;
  /** The channel is gone. */
  forget(channel: string): void;
}

export function createEventMemory(): EventMemory {
  const channels = new Map<string, Remembered>();

  const remember = (channel: string, remembered: Remembered): void => {
    channels.delete(channel);
    channels.set(channel, remembered);
    if (channels.size > REMEMBERED_CHANNELS) channels.delete(channels.keys().next().value ?? '');
  };

  return {
    take(body, channel, arrivedUs, idOf, isClean) {
      const day = Math.floor(arrivedUs / DAY_US);
      const known = channel === '' ? undefined : channels.get(channel);
      const change = known === undefined || known.day !== day ? undefined : cleanChangeOf(known.whole, body, isClean);
      const length = known?.whole.entries.bytes.length ?? 0;
      if (known !== undefined && change !== undefined) {
        const isFar = change.text.length > body.length * FAR;
        // A base that has become a poor one is given up, but not for an event that says less than it.
        if (!isFar && (change.text.length < MUCH || body.length < length)) {
          const { recipe, text, headers } = change;
          return { headers, kept: { base: known.id, recipe, text } };
        }
      }
      // What differs was looked at, and what it differs from was clean.
      const whole = wholeOf(body, isClean || change?.isComplete === true);
      if (whole === undefined) return undefined;
      if (channel !== '' && (body.length >= length || known?.day !== day)) {
        remember(channel, { id: idOf(whole), whole, day });
      }
      return { headers: whole, kept: { base: '', recipe: '', text: whole.entries.bytes } };
    },
    forget: (channel) => void channels.delete(channel),
  };
}

function wholeOf(body: Buffer, isClean: boolean): WholeHeaders | undefined {
  // A copy: what is remembered must not hold the whole chunk that it came in.
  const bytes = Buffer.from(body);
  if (!isClean && !isFit(bytes)) return undefined;
  const entries = scanEntries(bytes);
  return entries === undefined ? undefined : new WholeHeaders(entries);
}
