import { type ChannelEventSeen, headerOf } from '../../core/model/capture-event.ts';
import type { AmiConnection } from './connection.ts';
import type { AmiChannel } from './event.ts';
import type { AmiPacket } from './frame.ts';
import { isSuccess, messageOf } from './talk.ts';

export interface BackfillDeps {
  readonly connection: AmiConnection;
  /** Reads one CoreShowChannel: readSnapshot with its context. */
  readonly read: (packet: AmiPacket) => ChannelEventSeen;
  readonly publish: (snapshots: readonly ChannelEventSeen[]) => Promise<void>;
  /** The list is refused, with Asterisk's words: "Permission denied". */
  readonly refused: (message: string) => void;
}

/**
 * Asks for every living channel and publishes a snapshot of each: calls that began while we were not connected are
 * known that way. To be called once events come, so that nothing falls between the two.
 *
 * @returns the channels, [] when the connection ended or the list was refused
 */
export async function backfill(deps: BackfillDeps): Promise<readonly AmiChannel[]> {
  const listed = await deps.connection.list('CoreShowChannels', 'CoreShowChannel');
  if (listed === undefined) return [];
  if (!isSuccess(listed.reply)) {
    deps.refused(messageOf(listed.reply));
    return [];
  }
  if (listed.items.length > 0) await deps.publish(listed.items.map(deps.read));
  return listed.items.map(({ headers }) => channelOf(headers));
}

/** The channel of a CoreShowChannel or Newchannel. */
export const channelOf = (headers: AmiPacket['headers']): AmiChannel => ({
  channel: headerOf(headers, 'Channel'),
  uniqueid: headerOf(headers, 'Uniqueid'),
});
