import { SqlError, type Token, tokenize } from '../sql.ts';
import type { Hole } from './bind.ts';
import { EngineError } from './errors.ts';
import { type DataInsert, readDataInsert } from './insert.ts';

/** One statement, and how it is to be run. */
export interface Statement {
  /** As text, without a semicolon at its end; "" when `insert` is there. */
  readonly text: string;
  /** The same, cut at its parameters. */
  readonly pieces: readonly string[];
  readonly holes: readonly Hole[];
  /** Present for an INSERT that brings rows. */
  readonly insert?: DataInsert;
  /** What its FORMAT clause says, "" without one. */
  readonly format: string;
  /** It reads; what else there is goes through the one writer or is DDL. */
  readonly kind: 'read' | 'write' | 'other';
}

const READS = new Set(['select', 'with', 'show', 'describe', 'desc', 'exists', 'explain', 'check']);

/**
 * Makes sure that a text is one statement. chdb runs every statement of a text it is given, and the rows of an INSERT
 * up to the first empty line only: what stands behind it runs as SQL. So several statements are refused here, and
 * rows are cut off.
 *
 * @param sql bytes, written as latin1: rows need not be text, and every byte of UTF-8's longer characters is beyond
 *   ASCII, so that this reads the same tokens.
 * @throws EngineError 62 when it is not exactly one, or reads or writes files by itself.
 */
export function readStatement(sql: string): Statement {
  try {
    const insert = readDataInsert(sql);
    if (insert !== undefined)
      return {
        text: '',
        pieces: [''],
        holes: [],
        insert: { ...insert, target: asText(insert.target) },
        format: '',
        kind: 'write',
      };
    return readPlain(sql, [...tokenize(sql)]);
  } catch (error) {
    if (error instanceof SqlError) throw new EngineError(62, 'SYNTAX_ERROR', `Syntax error: ${error.message}`);
    throw error;
  }
}

/** Statements that were read before: a program asks the same few questions, with other parameters. */
export interface KnownStatements {
  /** As {@link readStatement}. */
  read(sql: string): Statement;
}

const MAX_KNOWN = 500;
const MAX_KNOWN_LENGTH = 20_000;

export function createKnownStatements(): KnownStatements {
  const known = new Map<string, Statement>();
  return {
    read(sql) {
      const before = known.get(sql);
      if (before !== undefined) return before;
      const statement = readStatement(sql);
      if (statement.insert === undefined && sql.length <= MAX_KNOWN_LENGTH) {
        if (known.size >= MAX_KNOWN) known.clear();
        known.set(sql, statement);
      }
      return statement;
    },
  };
}

function readPlain(sql: string, tokens: Token[]): Statement {
  while (tokens.at(-1)?.text === ';') tokens.pop();
  const first = tokens[0];
  const last = tokens.at(-1);
  if (first === undefined || last === undefined) throw new SqlError('Empty query');
  let format = '';
  for (const [i, token] of tokens.entries()) {
    if (token.text === ';') throw new SqlError('Multi-statements are not allowed');
    if (token.kind !== 'word' || token.depth > 0) continue;
    const next = tokens[i + 1];
    if (token.text === 'outfile' && tokens[i - 1]?.text === 'into') throw new SqlError('INTO OUTFILE is refused');
    if (token.text === 'format' && next?.kind === 'word') format = sql.slice(next.start, next.end);
  }
  const kind = READS.has(first.text) ? 'read' : first.text === 'insert' ? 'write' : 'other';
  return { text: asText(sql.slice(first.start, last.end)), ...cut(sql, tokens), format, kind };
}

/** Cuts a statement at {name:Type}; other braces (a map's) hold no word and colon first. */
function cut(sql: string, tokens: readonly Token[]): Pick<Statement, 'pieces' | 'holes'> {
  const pieces: string[] = [];
  const holes: Hole[] = [];
  let from = tokens[0]?.start ?? 0;
  for (const [i, open] of tokens.entries()) {
    const [name, colon] = [tokens[i + 1], tokens[i + 2]];
    if (open.text !== '{' || open.start < from || name?.kind !== 'word' || colon?.text !== ':') continue;
    const close = tokens.find(({ text, start, depth }) => text === '}' && start > open.start && depth === open.depth);
    if (close === undefined) throw new SqlError('a parameter does not end');
    pieces.push(asText(sql.slice(from, open.start)));
    holes.push({ name: sql.slice(name.start, name.end), type: sql.slice(colon.end, close.start).trim() });
    from = close.end;
  }
  pieces.push(asText(sql.slice(from, tokens.at(-1)?.end)));
  return { pieces, holes };
}

function asText(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
