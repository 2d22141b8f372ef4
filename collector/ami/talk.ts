import { headerOf } from '../../core/model/capture-event.ts';
import type { AmiPacket } from './frame.ts';

/** Key and value; an action may say one key twice. */
export type Fields = readonly (readonly [key: string, value: string])[];

/** One action as it is sent. Throws on a line break in a value, which would begin another line or action. */
export function actionText(name: string, actionId: string, fields: Fields): string {
  const lines = [['Action', name], ['ActionID', actionId], ...fields].map(([key, value]) => `${key}: ${value}`);
  for (const line of lines) if (/[\r\n]/.test(line)) throw new Error(`ami: a line break in the action ${name}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

export const isSuccess = (reply: AmiPacket): boolean => headerOf(reply.headers, 'Response') === 'Success';

/** The text of a refusal: "Authentication failed", "Permission denied". */
export function messageOf(reply: AmiPacket): string {
  return headerOf(reply.headers, 'Message') || headerOf(reply.headers, 'Response');
}
