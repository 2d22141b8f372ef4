import { randomUUID } from 'node:crypto';
import { Session } from 'chdb';
import { literal } from './literal.ts';

/** A session of the engine with its settings made. It runs one statement at a time. */
export interface EngineSession {
  readonly session: Session;
  /** What its statements carry as `log_comment`, by which they are found to be killed. Letters and digits. */
  readonly mark: string;
  readonly key: string;
}

/** Sessions by what is set on them. */
export interface Sessions {
  /** One that has exactly these settings: one that lies ready, or a new one. */
  take(database: string, settings: ReadonlyMap<string, string | Buffer>, role?: string): Promise<EngineSession>;
  /** Gives one back of which nothing is left but its settings; it is closed when enough lie ready. */
  keep(session: EngineSession): void;
  drop(session: EngineSession): void;
  /** Closes those that lie ready. */
  close(): void;
}

/** As many as may read at once, and some of other settings. */
const MAX_IDLE = 12;

/**
 * Opening a session and setting it up costs more than a quick question. What is set on a session stays there, so one is
 * used again for the same settings only, and only after a statement that cannot have changed them; parameters are never
 * set (see bind.ts).
 */
export function createSessions(path: string): Sessions {
  /** The one that was used last is the last. */
  const idle: EngineSession[] = [];
  return {
    async take(database, settings, role = '') {
      const assignments = [...settings]
        .filter(([name]) => name !== 'readonly')
        .map(([name, value]) => `${name} = ${literal(value)}`);
      const readonly = settings.get('readonly');
      const key = `${role}\0${database}\0${assignments.join('\0')}\0${String(readonly)}`;
      const ready = idle.findLastIndex((session) => session.key === key);
      if (ready >= 0) return idle.splice(ready, 1)[0] as EngineSession;
      const mark = randomUUID().replaceAll('-', '');
      const session = new Session(path);
      try {
        if (database !== 'default') await session.queryAsync(`USE \`${database}\``);
        await session.queryAsync(`SET ${[...assignments, `log_comment = '${mark}'`].join(', ')}`);
        if (role !== '') await session.queryAsync(`SET ROLE \`${role}\``);
        // Last, as nothing can be set after it.
        if (readonly !== undefined) await session.queryAsync(`SET readonly = ${literal(readonly)}`);
      } catch (error) {
        session.close();
        throw error;
      }
      return { session, mark, key };
    },
    keep(session) {
      idle.push(session);
      if (idle.length > MAX_IDLE) idle.shift()?.session.close();
    },
    drop: ({ session }) => session.close(),
    close() {
      for (const { session } of idle.splice(0)) session.close();
    },
  };
}
