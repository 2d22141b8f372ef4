import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelEventSeen } from '../../core/model/capture-event.ts';
import type { EslConnection } from './connection.ts';
import type { EventReading } from './event.ts';
import { replyText } from './talk.ts';

/** Each dump takes the switch's listener thread away from sending events; 50 a second it does not feel. */
const DUMPS_PER_SECOND = 50;

export interface BackfillDeps {
  readonly connection: EslConnection;
  /** Reads the reply to `uuid_dump`: readSnapshot with its context. */
  readonly read: (body: Buffer) => EventReading;
  readonly publish: (snapshot: ChannelEventSeen) => Promise<void>;
  /** A reply that cannot be used, by reason code: "backfill_denied", "bad_json", "no_event_name". */
  readonly rejected: (reason: string, bytes: Buffer) => void;
  readonly perSecond?: number;
}

/**
 * Asks the switch for every living channel and publishes a snapshot (CHANNEL_DATA) of each, the newest first: calls
 * that began while we were not connected are known that way. To be called once the subscription is accepted, so that
 * nothing falls between the two. Resolves with the number of snapshots, early when the connection ends.
 */
export async function backfill(deps: BackfillDeps): Promise<number> {
  const listed = await deps.connection.command('api show channels as json');
  if (listed === undefined) return 0;
  const uuids = readChannelList(listed.body);
  if (uuids === undefined) {
    deps.rejected(/permission denied/.test(replyText(listed)) ? 'backfill_denied' : 'bad_json', listed.body);
    return 0;
  }
  let published = 0;
  for (const uuid of uuids) {
    const reply = await deps.connection.command(`api uuid_dump ${uuid} json`);
    if (reply === undefined) return published;
    // "-ERR No such channel!": it ended meanwhile, and its last events came in the ordinary way.
    if (!replyText(reply).startsWith('-ERR')) {
      const reading = deps.read(reply.body);
      if (reading.ok) {
        await deps.publish(reading.event);
        published++;
      } else {
        deps.rejected(reading.reason, reply.body);
      }
    }
    await sleep(1000 / (deps.perSecond ?? DUMPS_PER_SECOND));
  }
  return published;
}

/**
 * The channel UUIDs in a reply to `show channels as json`, the newest first; undefined when it is none. Without
 * channels the reply is {"row_count": 0} and has no rows. A UUID may be any string (inbound-use-callid-as-uuid), but
 * one with white space in it could not be asked for.
 */
export function readChannelList(body: Buffer): readonly string[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('row_count' in parsed)) return undefined;
  const rows: unknown = 'rows' in parsed ? parsed.rows : [];
  if (!Array.isArray(rows)) return undefined;
  const channels: { readonly uuid: string; readonly created: number }[] = [];
  for (const row of rows as readonly unknown[]) {
    if (typeof row !== 'object' || row === null || !('uuid' in row) || typeof row.uuid !== 'string') continue;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break in a command would end it.
    if (!/^[^\s\u0000-\u001f\u007f]{1,512}$/u.test(row.uuid)) continue;
    channels.push({ uuid: row.uuid, created: Number('created_epoch' in row ? row.created_epoch : 0) || 0 });
  }
  return channels.sort((a, b) => b.created - a.created).map(({ uuid }) => uuid);
}
