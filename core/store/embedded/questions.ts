import { SELECT_SETTINGS } from '../selector.ts';
import { bind } from './bind.ts';
import type { Engine } from './engine.ts';
import { EngineError, toEngineError } from './errors.ts';
import type { Answer, Question } from './messages.ts';
import { createSlots } from './slots.ts';
import { createKnownStatements } from './statement.ts';

/** Answers the questions of the process that owns the engine. */
export interface Questions {
  answer(question: Question): Promise<Answer>;
  /** Nobody waits for the answer any more. */
  withdraw(number: number): void;
}

/** As many as read at once over HTTP; the rest wait. */
const AT_ONCE = 6;
const MAX_WAITING = 256;

/**
 * The channel between the two processes is there anyway, and over it a question costs half of what it costs over HTTP: a
 * search is three or four small questions, one after the other.
 */
export function createQuestions(engine: Engine): Questions {
  const slots = createSlots(AT_ONCE, MAX_WAITING);
  const known = createKnownStatements();
  const open = new Map<number, AbortController>();

  const rowsOf = async ({ sql, params, maxSeconds }: Question, signal: AbortSignal): Promise<Uint8Array> => {
    // Statements are bytes here, written as latin1 (statement.ts).
    const statement = known.read(Buffer.from(sql, 'utf8').toString('latin1'));
    if (statement.kind !== 'read') throw new EngineError(164, 'READONLY', 'Only a question can be asked');
    const text = bind(statement, new Map(params.map(([name, value]) => [name, Buffer.from(value)])));
    const settings = { ...SELECT_SETTINGS, max_execution_time: String(maxSeconds) };
    const request = {
      query: '',
      queryId: '',
      database: 'default',
      defaultFormat: 'JSONEachRow',
      waitEndOfQuery: true,
      settings: new Map(Object.entries(settings).map(([name, value]) => [name, Buffer.from(value)])),
      params: new Map(),
    };
    const result = await slots.run(() => engine.run(request, text, { keeps: true, signal }));
    return result.bytes;
  };

  return {
    async answer(question) {
      const { number } = question;
      const gone = new AbortController();
      open.set(number, gone);
      try {
        return { type: 'answer', number, rows: await rowsOf(question, gone.signal) };
      } catch (error) {
        return { type: 'refused', number, message: toEngineError(error).message };
      } finally {
        open.delete(number);
      }
    },
    withdraw: (number) => open.get(number)?.abort(),
  };
}
