/** What a replayed switch knows and allows. */
export interface EslAnswers {
  readonly password: string;
  /** For `userauth`: "user@domain" to password. */
  readonly users?: Readonly<Record<string, string>>;
  /** What a directory user may not do ("esl-allowed-…"); everything is allowed unless false. */
  readonly allowed?: { readonly events?: boolean; readonly logs?: boolean; readonly api?: boolean };
  /** The reply to `api hostname`. */
  readonly hostname?: string;
  /** The reply to `api show channels as json`; the switch's own for no channels when not given. */
  readonly channels?: string;
  /** Replies to `api uuid_dump <uuid> json`, by UUID. */
  readonly dumps?: Readonly<Record<string, string>>;
}

/** What one connection has done so far. */
export interface Session {
  authed: boolean;
  /** The switch will say goodbye and close. */
  leaving: boolean;
  /** Names of `event`, in capitals; "ALL" for all. undefined: not subscribed. */
  events: Set<string> | undefined;
  logLevel: number | undefined;
}

/** One frame as mod_event_socket writes it. */
export function frame(type: string, body?: string): string {
  if (body === undefined) return `Content-Type: ${type}\n\n`;
  return `Content-Type: ${type}\nContent-Length: ${Buffer.byteLength(body)}\n\n${body}`;
}

/** The reply to one command; changes the session as the command asks. */
export function answerTo(command: string, session: Session, answers: EslAnswers): string {
  const [verb = '', ...words] = command.split(' ');
  if (verb === 'exit') {
    session.leaving = true;
    return reply('+OK bye');
  }
  if (!session.authed) return logIn(verb, words.join(' '), session, answers);
  switch (verb) {
    case 'event':
      return subscribe(words, session, answers);
    case 'log':
      if (answers.allowed?.logs === false) return reply('-ERR permission denied');
      session.logLevel = Number(words[0] ?? 7);
      return reply(`+OK log level ${words[0] ?? ''} [${session.logLevel}]`);
    case 'noevents':
      session.events = undefined;
      return reply('+OK no longer listening for events');
    case 'nolog':
      session.logLevel = undefined;
      return reply('+OK no longer logging');
    case 'api':
      if (answers.allowed?.api === false) return reply('-ERR permission denied');
      return frame('api/response', api(words, answers));
    default:
      return reply('-ERR command not found');
  }
}

function logIn(verb: string, rest: string, session: Session, answers: EslAnswers): string {
  if (verb === 'auth' && rest === answers.password) {
    session.authed = true;
    return reply('+OK accepted');
  }
  const [user = '', password] = rest.split(/:(.*)/s);
  if (verb === 'userauth' && password !== undefined && answers.users?.[user] === password) {
    session.authed = true;
    const log = answers.allowed?.logs !== false;
    return reply(`+OK accepted\nAllowed-Events: all\nAllowed-API: all\nAllowed-LOG: ${log}`);
  }
  session.leaving = true;
  return reply('-ERR invalid');
}

function subscribe(words: readonly string[], session: Session, answers: EslAnswers): string {
  if (answers.allowed?.events === false) return reply('-ERR permission denied');
  const [format, ...names] = words;
  if (format !== 'json') throw new Error(`esl replay: the recordings are JSON, not "${format}"`);
  if (names.length === 0) return reply('-ERR no keywords supplied');
  session.events = new Set([...(session.events ?? []), ...names.map((name) => name.toUpperCase())]);
  return reply('+OK event listener enabled json');
}

function api([name = '', ...args]: readonly string[], answers: EslAnswers): string {
  if (name === 'show' && args.join(' ') === 'channels as json') return answers.channels ?? '{"row_count": 0}';
  if (name === 'hostname') return answers.hostname ?? 'localhost';
  if (name === 'uuid_dump') return answers.dumps?.[args[0] ?? ''] ?? '-ERR No such channel!\n';
  return `-ERR ${name} Command not found!\n`;
}

function reply(text: string): string {
  return `Content-Type: command/reply\nReply-Text: ${text}\n\n`;
}
