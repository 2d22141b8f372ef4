import type { EventFact } from '../../call/read/facts.ts';
import { headerOf } from '../../model/capture-event.ts';

/** A stretch of a channel in which something happened of which no event came. */
export interface EventHole {
  readonly node: string;
  /** What is missing, as the switch names it. */
  readonly names: readonly string[];
  /** The events before and behind it; undefined where there is none of the channel. */
  readonly before: EventFact | undefined;
  readonly behind: EventFact | undefined;
}

/**
 * What is missing of one channel, by what is there: a FreeSWITCH that says "from RINGING to ACTIVE" said before how it came to
 * RINGING, and a channel that was destroyed was hung up. Events by Event-Sequence. An Asterisk has a begin, an end and bridges.
 *
 * @param ended the channel is known to be over by something else than its events
 */
export function holesOf(events: readonly EventFact[], ended: boolean): readonly EventHole[] {
  const own = events.filter(({ backfill }) => !backfill);
  const [first] = own;
  if (first === undefined || own.length < events.length) return [];
  const sorted = [...own].sort((a, b) => a.sequence - b.sequence);
  // Of two processes (a channel that was recovered) the second says nothing of its beginning.
  if (new Set(own.map(({ coreUuid }) => coreUuid)).size > 1) return [];
  return first.origin === 'asterisk' ? asteriskHoles(sorted, ended) : freeswitchHoles(sorted, ended);
}

/** In the order in which a channel ends: what comes later was not without what comes before. */
const END = [
  'CHANNEL_HANGUP',
  'CHANNEL_STATE CS_HANGUP',
  'CHANNEL_STATE CS_REPORTING',
  'CHANNEL_HANGUP_COMPLETE',
  'CHANNEL_DESTROY',
  'CHANNEL_STATE CS_DESTROY',
];

/** States of a channel that has been created. */
const ROUTED = /^CS_(?:ROUTING|SOFT_EXECUTE|EXECUTE|EXCHANGE_MEDIA|PARK|CONSUME_MEDIA|HIBERNATE)$/;

function freeswitchHoles(events: readonly EventFact[], ended: boolean): EventHole[] {
  const kinds = events.map(kindOf);
  const holes: EventHole[] = [];
  const hole = (names: readonly string[], beforeIndex: number, behindIndex: number): void => {
    const node = events[0]?.node ?? '';
    holes.push({ node, names, before: events[beforeIndex], behind: events[behindIndex] });
  };
  // A call that is refused at once (no codec, no credentials) has neither state nor event.
  const routed = events.findIndex(({ headers }) => ROUTED.test(headerOf(headers, 'Channel-State')));
  const created = kinds.indexOf('CHANNEL_CREATE');
  const early = kinds.findLastIndex((kind, i) => i < routed && /CS_(?:NEW|INIT)$/.test(kind));
  if (created < 0 && routed >= 0) hole(['CHANNEL_CREATE'], early, routed);
  if (created >= 0 && !kinds.includes('CHANNEL_STATE CS_INIT')) hole(['CHANNEL_STATE CS_INIT'], -1, created);
  const at = END.map((kind) => kinds.indexOf(kind));
  const last = ended ? END.length - 1 : at.findLastIndex((index) => index >= 0);
  for (let i = 0; i <= last; i++) {
    if (at[i] !== -1) continue;
    const behind = at.slice(i).find((index) => index >= 0) ?? events.length;
    hole([END[i]!], lastBefore(kinds, behind, i), behind);
  }
  chain(events, hole);
  executions(events, hole);
  const answered = events.findIndex(
    ({ headers }) =>
      headerOf(headers, 'Answer-State') === 'answered' || Number(headerOf(headers, 'Caller-Channel-Answered-Time')) > 0,
  );
  if (answered >= 0 && !kinds.includes('CHANNEL_ANSWER')) hole(['CHANNEL_ANSWER'], answered - 1, answered);
  return holes;
}

/** The index of the last event that can have come before the n-th of END: what belongs behind it did not. */
const lastBefore = (kinds: readonly string[], behind: number, n: number): number =>
  kinds.findLastIndex((kind, index) => index < behind && !END.slice(n).includes(kind));

const kindOf = ({ name, headers }: EventFact): string =>
  name === 'CHANNEL_STATE' ? `${name} ${headerOf(headers, 'Channel-State')}` : name;

type Hole = (names: readonly string[], before: number, behind: number) => void;

/** Each CHANNEL_CALLSTATE says from which state it came: the one before said how it came to that. */
function chain(events: readonly EventFact[], hole: Hole): void {
  let state = 'DOWN';
  let before = -1;
  for (const [i, { name, headers }] of events.entries()) {
    if (name !== 'CHANNEL_CALLSTATE') continue;
    const from = headerOf(headers, 'Original-Channel-Call-State');
    if (from !== '' && from !== state) hole([`CHANNEL_CALLSTATE ${from}`], before, i);
    state = headerOf(headers, 'Channel-Call-State');
    before = i;
  }
}

/** An application that ended had begun. */
function executions(events: readonly EventFact[], hole: Hole): void {
  const begun = new Set<string>();
  for (const [i, { name, headers }] of events.entries()) {
    const id = headerOf(headers, 'Application-UUID');
    if (id === '') continue;
    if (name === 'CHANNEL_EXECUTE') begun.add(id);
    if (name === 'CHANNEL_EXECUTE_COMPLETE' && !begun.has(id)) {
      hole([`CHANNEL_EXECUTE ${headerOf(headers, 'Application')}`], -1, i);
    }
  }
}

function asteriskHoles(events: readonly EventFact[], ended: boolean): EventHole[] {
  const names = events.map(({ name }) => name);
  const node = events[0]?.node ?? '';
  const holes: EventHole[] = [];
  if (!names.includes('Newchannel')) holes.push({ node, names: ['Newchannel'], before: undefined, behind: events[0] });
  if (ended && !names.includes('Hangup'))
    holes.push({ node, names: ['Hangup'], before: events.at(-1), behind: undefined });
  return holes;
}
