/**
 * The order in which things caused each other. Sensors' clocks differ by a little, and FreeSWITCH stamps events with a
 * clock that advances every 20 ms, so an event can carry an earlier time than the INVITE that caused it. Stored times
 * stay as they are; here each step gets the earliest time at which it can have happened after its cause.
 */

import { groupBy } from '../../core/model/group-by.ts';
import { orderMessages } from './order-messages.ts';

export interface OrderedMessage {
  readonly atUs: number;
  readonly callId: string;
  readonly cseq: number;
  readonly cseqMethod: string;
  /** 0 for a request. */
  readonly status: number;
  readonly method: string;
  /**
   * Branches of its Via headers from the top: how a request has come, how a response has still to go. The first is the
   * same in a request and its responses on one hop (RFC 3261 §8.1.1.7).
   */
  readonly branches: readonly string[];
  /** Tag of To; a response's, which tells the branches of a fork apart. */
  readonly toTag?: string;
  readonly retransmission: boolean;
}

export interface OrderedEvent {
  readonly atUs: number;
  readonly coreUuid: string;
  readonly sequence: number;
  readonly channel: string;
  readonly name: string;
}

export interface OrderedLog {
  readonly atUs: number;
  readonly node: string;
  readonly channel: string;
  readonly seq: number;
}

/** Which dialog a channel speaks, and whether the switch received or sent its INVITE. */
export interface ChannelDialog {
  readonly callId: string;
  readonly direction: 'inbound' | 'outbound' | '';
  readonly node: string;
}

/** Effective times in µs, index by index for each input. */
export interface Effective {
  readonly messages: readonly number[];
  readonly events: readonly number[];
  readonly logs: readonly number[];
}

export function effectiveTimes(
  messages: readonly OrderedMessage[],
  events: readonly OrderedEvent[],
  logs: readonly OrderedLog[],
  channels: ReadonlyMap<string, ChannelDialog>,
): Effective {
  const messageTimes = orderMessages(messages);
  const eventTimes = orderEvents(events, messages, messageTimes, channels);
  return {
    messages: messageTimes,
    events: eventTimes,
    logs: orderLogs(logs, events, eventTimes, messages, messageTimes, channels),
  };
}

/** The message that an event of a channel cannot precede: its own INVITE, ringing, answer or BYE, where the switch got it. */
function causeOf(
  name: string,
  dialog: ChannelDialog,
  messages: readonly OrderedMessage[],
  times: readonly number[],
): number {
  const received = (m: OrderedMessage): boolean => {
    if (m.callId !== dialog.callId || m.retransmission) return false;
    if (dialog.direction === 'inbound') return m.status === 0 && m.method === 'INVITE';
    if (name.startsWith('CHANNEL_PROGRESS')) return m.status >= 180 && m.status < 200 && m.cseqMethod === 'INVITE';
    if (name === 'CHANNEL_ANSWER') return m.status >= 200 && m.status < 300 && m.cseqMethod === 'INVITE';
    return false;
  };
  // The switch is where an inbound request has the most Vias, and where a response to it has the fewest.
  let best = -1;
  let time = 0;
  for (const [i, m] of messages.entries()) {
    if (!received(m)) continue;
    const rank = dialog.direction === 'inbound' ? m.branches.length : 1000 - m.branches.length;
    if (rank > best) {
      best = rank;
      time = times[i] ?? 0;
    }
  }
  return time;
}

function orderEvents(
  events: readonly OrderedEvent[],
  messages: readonly OrderedMessage[],
  messageTimes: readonly number[],
  channels: ReadonlyMap<string, ChannelDialog>,
): number[] {
  // A channel has few kinds of events and many events: every kind's cause is looked for once.
  const causes = new Map<string, number>();
  const times = events.map((event) => {
    const dialog = channels.get(event.channel);
    const key = `${event.channel}\0${event.name}`;
    const cause = causes.get(key) ?? (dialog === undefined ? 0 : causeOf(event.name, dialog, messages, messageTimes));
    causes.set(key, cause);
    return cause === 0 ? event.atUs : Math.max(event.atUs, cause + 1);
  });
  // One core counts its events: a later number did not happen earlier.
  const byCore = groupBy(events.keys(), (i) => events[i]?.coreUuid ?? '');
  for (const list of byCore.values()) {
    list.sort((a, b) => (events[a]?.sequence ?? 0) - (events[b]?.sequence ?? 0));
    let floor = 0;
    for (const i of list) {
      floor = Math.max(floor, times[i] ?? 0);
      times[i] = floor;
    }
  }
  return times;
}

/** A log line is shifted as the events around it were, and never stands before its leg's INVITE. */
function orderLogs(
  logs: readonly OrderedLog[],
  events: readonly OrderedEvent[],
  eventTimes: readonly number[],
  messages: readonly OrderedMessage[],
  messageTimes: readonly number[],
  channels: ReadonlyMap<string, ChannelDialog>,
): number[] {
  const shifts = events
    .map((event, i) => ({ node: channels.get(event.channel)?.node ?? '', atUs: event.atUs, toUs: eventTimes[i] ?? 0 }))
    .sort((a, b) => a.atUs - b.atUs);
  const invites = new Map<string, number>();
  for (const [uuid, dialog] of channels) {
    if (dialog.direction === 'inbound') invites.set(uuid, causeOf('', dialog, messages, messageTimes));
  }
  const times = logs.map((log) => log.atUs);
  const byNode = groupBy(logs.keys(), (i) => logs[i]?.node ?? '');
  for (const [node, list] of byNode) {
    list.sort((a, b) => (logs[a]?.atUs ?? 0) - (logs[b]?.atUs ?? 0) || (logs[a]?.seq ?? 0) - (logs[b]?.seq ?? 0));
    const own = shifts.filter((shift) => shift.node === node);
    let next = 0;
    let floor = 0;
    for (const i of list) {
      const log = logs[i];
      if (log === undefined) continue;
      while (next < own.length && (own[next]?.atUs ?? 0) < log.atUs) floor = Math.max(floor, own[next++]?.toUs ?? 0);
      floor = Math.max(floor, invites.get(log.channel) ?? 0);
      times[i] = Math.max(log.atUs, floor);
      floor = times[i] ?? floor;
    }
  }
  return times;
}
