import { setTimeout as sleep } from 'node:timers/promises';
import { headerOf } from '../../core/model/capture-event.ts';
import type { AmiConnection } from './connection.ts';
import type { AmiChannel } from './event.ts';
import { isSuccess } from './talk.ts';

/** A question waits for the channel's own thread; more than these at a time could hold calls up. */
const QUESTIONS_PER_SECOND = 50;
const MAX_WAITING = 5_000;

export interface CallIdAsker {
  /** Asks for the Call-ID of a channel, after those that were asked for before. Only of PJSIP channels. */
  ask(channel: AmiChannel): void;
}

export interface CallIdDeps {
  readonly connection: AmiConnection;
  readonly found: (channel: AmiChannel, callId: string) => Promise<void>;
  /** Called once when handing on what was found fails; nothing more is asked then. */
  readonly failed: (error: unknown) => void;
}

/** Asks one connection for Call-IDs, one after the other; it is over with the connection. */
export function createCallIdAsker({ connection, found, failed }: CallIdDeps): CallIdAsker {
  const waiting: AmiChannel[] = [];
  let running = false;

  async function work(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const reply = await connection.action('Getvar', [
        ['Channel', next.channel],
        ['Variable', 'CHANNEL(pjsip,call-id)'],
      ]);
      if (reply === undefined) return;
      const callId = headerOf(reply.headers, 'Value');
      // "No such channel": it has ended meanwhile.
      if (isSuccess(reply) && callId !== '') await found(next, callId);
      await sleep(1000 / QUESTIONS_PER_SECOND);
    }
    running = false;
  }

  return {
    ask(channel) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break would be another line of the action.
      if (!/^PJSIP\/[^\u0000-\u001f\u007f]{1,256}$/.test(channel.channel) || channel.uniqueid === '') return;
      if (waiting.length >= MAX_WAITING) return;
      waiting.push(channel);
      if (running) return;
      running = true;
      work().catch(failed);
    },
  };
}
