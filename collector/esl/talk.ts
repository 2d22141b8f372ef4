import type { Ended } from '../link/ended.ts';
import type { EslFrame } from './frame.ts';

/** Reply-Text of a command/reply, or the text of an api/response. */
export function replyText(reply: EslFrame): string {
  return (reply.headers.get('reply-text') ?? reply.body.toString('utf8')).trim();
}

export function isOk(reply: EslFrame): boolean {
  return replyText(reply).startsWith('+OK');
}

/** The texts of mod_event_socket: "The system is being shut down.", "killed listener because of lost events". */
export function readNotice(text: string): Ended {
  if (/killed listener/i.test(text)) {
    return { reason: 'killed_by_switch', detail: 'closed the connection because we read too slowly' };
  }
  if (/shut down/i.test(text)) return { reason: 'shutdown', detail: 'is being shut down' };
  return { reason: 'disconnected', detail: 'closed the connection' };
}
