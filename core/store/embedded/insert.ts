import { SqlError, type Token, tokenize } from '../sql.ts';

/** An INSERT that brings its rows along, taken apart. */
export interface DataInsert {
  /** "INSERT INTO t (a, b)" */
  readonly target: string;
  /** "SETTINGS a = 1" or "" */
  readonly settings: string;
  /** "RowBinary", "Values", … */
  readonly format: string;
  /** Where in the text the rows begin that stand behind the statement itself. */
  readonly dataAt: number;
}

/**
 * Takes an INSERT … VALUES or INSERT … FORMAT apart, and answers undefined for every other statement. It reads no
 * further than to where the rows begin: rows are bytes, and are never to be taken for SQL.
 *
 * @throws SqlError for an INSERT that reads or writes files.
 */
export function readDataInsert(sql: string): DataInsert | undefined {
  const tokens = tokenize(sql);
  const first = tokens.next().value;
  if (first?.text !== 'insert') return undefined;
  let settings: Token | undefined;
  for (let token = tokens.next().value; token !== undefined; token = tokens.next().value) {
    if (token.depth > 0 || token.kind !== 'word') continue;
    if (token.text === 'select' || token.text === 'with') return undefined;
    if (token.text === 'infile' || token.text === 'function') throw new SqlError(`INSERT … ${token.text} is refused`);
    if (token.text === 'settings') settings = token;
    if (token.text !== 'values' && token.text !== 'format') continue;
    const name = token.text === 'values' ? token : tokens.next().value;
    if (name?.kind !== 'word') throw new SqlError('FORMAT without a name');
    return {
      target: sql.slice(first.start, (settings ?? token).start).trim(),
      settings: settings === undefined ? '' : sql.slice(settings.start, token.start).trim(),
      format: token === name ? 'Values' : sql.slice(name.start, name.end),
      dataAt: name.end,
    };
  }
  return undefined;
}
