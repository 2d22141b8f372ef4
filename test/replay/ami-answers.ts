import { createHash } from 'node:crypto';

/** What a replayed Asterisk knows and allows. */
export interface AmiAnswers {
  readonly username: string;
  readonly password: string;
  /** False: no challenge, as with a proxy that only knows plain logins. */
  readonly md5?: boolean;
  /** False: a user without "write = reporting". */
  readonly reporting?: boolean;
  /** The reply to `CoreShowChannels`: the keys of each CoreShowChannel beyond Event and ActionID. */
  readonly channels?: readonly Readonly<Record<string, string>>[];
  /** CHANNEL(pjsip,call-id) by name of the channel. */
  readonly callIds?: Readonly<Record<string, string>>;
}

/** What one connection has done so far. */
export interface AmiSession {
  readonly challenge: string;
  authed: boolean;
  /** Asterisk will close the connection. */
  leaving: boolean;
  /** Classes of events that are sent; "on" for all. */
  mask: ReadonlySet<string>;
}

type Lines = readonly (readonly [key: string, value: string])[];

const packet = (lines: Lines): string => `${lines.map(([key, value]) => `${key}: ${value}\r\n`).join('')}\r\n`;

/** The reply to one action as main/manager.c writes it; changes the session as the action asks. */
export function answerTo(action: ReadonlyMap<string, string>, session: AmiSession, answers: AmiAnswers): string {
  const name = action.get('Action') ?? '';
  const id: Lines = action.has('ActionID') ? [['ActionID', action.get('ActionID') ?? '']] : [];
  const reply = (response: string, lines: Lines): string => packet([['Response', response], ...id, ...lines]);
  const error = (message: string): string => reply('Error', [['Message', message]]);
  const unknown = `Invalid/unknown command: ${name}. Use Action: ListCommands to show available commands.`;

  if (name === 'Logoff') {
    session.leaving = true;
    return reply('Goodbye', [['Message', 'Thanks for all the fish.']]);
  }
  if (name === 'Challenge') {
    if (answers.md5 === false) return error(unknown);
    if (action.get('AuthType')?.toUpperCase() !== 'MD5') return error('Must specify AuthType');
    return reply('Success', [['Challenge', session.challenge]]);
  }
  if (name === 'Login') {
    if (!isRightLogin(action, session, answers)) {
      session.leaving = true;
      return error('Authentication failed');
    }
    session.authed = true;
    session.mask = maskOf(action.get('Events') ?? 'on');
    return reply('Success', [['Message', 'Authentication accepted']]);
  }
  if (!session.authed) return error('Permission denied');
  switch (name) {
    case 'Events':
      session.mask = maskOf(action.get('EventMask') ?? '');
      return reply('Success', [['Events', session.mask.size > 0 ? 'On' : 'Off']]);
    case 'Ping':
      return reply('Success', [
        ['Ping', 'Pong'],
        ['Timestamp', (Date.now() / 1000).toFixed(6)],
      ]);
    case 'CoreShowChannels':
      return answers.reporting === false ? error('Permission denied') : showChannels(answers, id, reply);
    case 'Getvar': {
      const callId = answers.callIds?.[action.get('Channel') ?? ''];
      if (callId === undefined) return error('No such channel');
      return reply('Success', [
        ['Variable', action.get('Variable') ?? ''],
        ['Value', callId],
      ]);
    }
    default:
      return error(unknown);
  }
}

function isRightLogin(action: ReadonlyMap<string, string>, session: AmiSession, answers: AmiAnswers): boolean {
  if (action.get('Username') !== answers.username) return false;
  if (action.get('AuthType') !== 'MD5') return action.get('Secret') === answers.password;
  return action.get('Key') === createHash('md5').update(`${session.challenge}${answers.password}`).digest('hex');
}

function maskOf(written: string): ReadonlySet<string> {
  return new Set(written === 'off' || written === '' ? [] : written.split(','));
}

function showChannels(answers: AmiAnswers, id: Lines, reply: (response: string, lines: Lines) => string): string {
  const channels = answers.channels ?? [];
  const start: Lines = [
    ['EventList', 'start'],
    ['Message', 'Channels will follow'],
  ];
  const shown = channels.map((keys) => packet([['Event', 'CoreShowChannel'], ...id, ...Object.entries(keys)]));
  const end: Lines = [
    ['Event', 'CoreShowChannelsComplete'],
    ...id,
    ['EventList', 'Complete'],
    ['ListItems', String(channels.length)],
  ];
  return reply('Success', start) + shown.join('') + packet(end);
}
