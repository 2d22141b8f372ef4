import { SqlError, type Token, tokenize } from '../sql.ts';
import { EngineError } from './errors.ts';

/** Of the engine's own tables these tell a reader what there is to read, and show no more than that. */
const CATALOGUE = new Set(['columns', 'databases', 'functions', 'tables']);
const SHOWN = new Set(['databases', 'tables', 'columns']);

/**
 * Refuses what the rights of a role do not cover. Tables are the engine's to guard; this is about three things that it
 * lets everyone do: read files of its machine by the function `file`, see the questions of others in `system.processes`,
 * and name such a table by a text (`merge`) or a parameter.
 *
 * @param sql one statement, as bytes written as latin1
 * @throws EngineError with a sentence: 62 for what cannot be read, 164 for what does not read, 497 for what is not the
 *   reader's
 */
export function checkReadable(sql: string): void {
  const tokens = read(sql);
  const [first, second] = tokens;
  if (first?.text === 'show') {
    if (!SHOWN.has(nameOf(second))) {
      throw new EngineError(497, 'ACCESS_DENIED', 'A reader may SHOW DATABASES, TABLES and COLUMNS only');
    }
  } else if (!['select', 'with', 'desc', 'describe'].includes(first?.text ?? '')) {
    throw new EngineError(164, 'READONLY', 'A reader may only SELECT, SHOW and DESCRIBE');
  }
  for (const [i, token] of tokens.entries()) {
    if (token.kind !== 'word' && token.kind !== 'quoted') continue;
    const name = nameOf(token);
    if (name === 'file' || name === 'merge') {
      throw new EngineError(497, 'ACCESS_DENIED', `"${name}" is refused to readers, also as a name: call it otherwise`);
    }
    if (name === 'information_schema' || (name === 'system' && !isCatalogue(tokens, i))) {
      throw new EngineError(
        497,
        'ACCESS_DENIED',
        `A reader may not see "${name}" beyond columns, databases, functions, tables`,
      );
    }
    if (name === 'identifier' && tokens[i - 1]?.text === ':') {
      throw new EngineError(497, 'ACCESS_DENIED', 'A table cannot be named by a parameter here');
    }
  }
}

function read(sql: string): Token[] {
  try {
    return [...tokenize(sql)];
  } catch (error) {
    if (error instanceof SqlError) throw new EngineError(62, 'SYNTAX_ERROR', `Syntax error: ${error.message}`);
    throw error;
  }
}

const isCatalogue = (tokens: readonly Token[], i: number): boolean =>
  tokens[i + 1]?.text === '.' && CATALOGUE.has(nameOf(tokens[i + 2]));

/** A name as the engine takes it, in lower case; what is quoted may stand for any name, so escapes in it are refused. */
function nameOf(token: Token | undefined): string {
  if (token === undefined) return '';
  if (token.kind !== 'quoted') return token.text;
  const name = token.text.slice(1, -1).toLowerCase();
  if (name.includes('\\'))
    throw new EngineError(62, 'SYNTAX_ERROR', 'Syntax error: an escape in a name is not supported');
  return name;
}
