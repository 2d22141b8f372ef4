import { createHash } from 'node:crypto';
import { headerOf } from '../../core/model/capture-event.ts';
import type { Ended } from '../link/ended.ts';
import type { AmiConnection } from './connection.ts';
import type { AmiPacket } from './frame.ts';
import { EVENT_MASK } from './interest.ts';
import { type Fields, isSuccess, messageOf } from './talk.ts';

export interface Account {
  readonly username: string;
  readonly password: string;
}

/**
 * Logs in and asks for events. With the challenge that every Asterisk since 1.0 offers the password does not cross the
 * network; where it is not offered, it does.
 *
 * @returns why it cannot be done; undefined when events will come, or when the connection ended meanwhile
 */
export async function logIn(connection: AmiConnection, account: Account): Promise<Ended | undefined> {
  const challenged = await connection.action('Challenge', [['AuthType', 'MD5']]);
  if (challenged === undefined) return undefined;
  const challenge = isSuccess(challenged) ? headerOf(challenged.headers, 'Challenge') : '';
  // Events begin with the mask below, so that none comes before the reply to it.
  const login = await connection.action('Login', [...credentials(account, challenge), ['Events', 'off']]);
  if (login === undefined) return undefined;
  if (!isSuccess(login)) return refusal(login, account);
  const subscribed = await connection.action('Events', [['EventMask', EVENT_MASK]]);
  if (subscribed === undefined || isSuccess(subscribed)) return undefined;
  return { reason: 'permission_denied', detail: `answers "${messageOf(subscribed)}" to "EventMask: ${EVENT_MASK}"` };
}

function credentials({ username, password }: Account, challenge: string): Fields {
  if (challenge === '') {
    return [
      ['Username', username],
      ['Secret', password],
    ];
  }
  return [
    ['AuthType', 'MD5'],
    ['Username', username],
    ['Key', createHash('md5').update(challenge).update(password).digest('hex')],
  ];
}

function refusal(reply: AmiPacket, { username }: Account): Ended {
  const message = messageOf(reply);
  if (message === 'Authentication failed') {
    const detail = `refuses the user ${username} or its password (or this host: permit and deny of manager.conf)`;
    return { reason: 'wrong_password', detail };
  }
  return { reason: 'not_accepted', detail: `answers "${message}" to the login of ${username}` };
}
