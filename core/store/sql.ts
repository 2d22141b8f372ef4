/**
 * The lexical surface of ClickHouse's SQL, as far as needed to tell statements apart and to find a clause. It reads
 * what src/Parsers/Lexer.cpp reads; where that has corners that nobody needs (heredocs, typographic quotes, hex
 * literals, characters beyond ASCII outside of quotes) the text is refused, as a lexer that disagrees with the
 * engine's about where a string ends would let a second statement through.
 */

export interface Token {
  readonly kind: 'word' | 'string' | 'quoted' | 'symbol';
  /** As written; a word in lower case. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many brackets are open around it. */
  readonly depth: number;
}

export class SqlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SqlError';
  }
}

const SPACE = /[ \t\n\r\f\v]/;
const WORD = /[A-Za-z0-9_]+/y;

/**
 * The tokens of a text, without space and comments, one by one: behind an INSERT's FORMAT there is no SQL to read.
 *
 * @throws SqlError when a string or comment does not end, or a form is used that is refused (see above).
 */
export function* tokenize(sql: string): Generator<Token, void> {
  let depth = 0;
  let at = 0;
  while (at < sql.length) {
    const c = sql[at]!;
    const next = sql[at + 1];
    if (SPACE.test(c)) {
      at += 1;
    } else if ((c === '-' && next === '-') || (c === '/' && next === '/')) {
      at = endOfLine(sql, at);
    } else if (c === '#' && (next === ' ' || next === '!')) {
      at = endOfLine(sql, at);
    } else if (c === '/' && next === '*') {
      at = endOfComment(sql, at);
    } else if (c === "'" || c === '"' || c === '`') {
      const end = endOfQuoted(sql, at, c);
      yield { kind: c === "'" ? 'string' : 'quoted', text: sql.slice(at, end), start: at, end, depth };
      at = end;
    } else if (/[A-Za-z0-9_]/.test(c)) {
      WORD.lastIndex = at;
      const text = WORD.exec(sql)![0];
      const end = at + text.length;
      if (/^[xXbB]$/.test(text) && sql[end] === "'") throw new SqlError('hex and binary literals are not supported');
      yield { kind: 'word', text: text.toLowerCase(), start: at, end, depth };
      at = end;
    } else if (c === '$' || c === '#' || c < ' ' || c > '~') {
      throw new SqlError(`character ${JSON.stringify(c)} is not supported outside of quotes`);
    } else {
      if (c === ')' || c === ']' || c === '}') depth -= 1;
      yield { kind: 'symbol', text: c, start: at, end: at + 1, depth };
      if (c === '(' || c === '[' || c === '{') depth += 1;
      at += 1;
    }
  }
}

/** The statements of a text that holds several, each trimmed and without its semicolon; comments alone are none. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let first: Token | undefined;
  let last: Token | undefined;
  const flush = () => {
    if (first !== undefined && last !== undefined) statements.push(sql.slice(first.start, last.end));
    first = undefined;
    last = undefined;
  };
  for (const token of tokenize(sql)) {
    if (token.text === ';') {
      flush();
    } else {
      first ??= token;
      last = token;
    }
  }
  flush();
  return statements;
}

function endOfLine(sql: string, at: number): number {
  const end = sql.indexOf('\n', at);
  return end < 0 ? sql.length : end;
}

/** ClickHouse's comments nest. */
function endOfComment(sql: string, start: number): number {
  let open = 0;
  for (let at = start; at < sql.length; ) {
    const two = sql.slice(at, at + 2);
    if (two === '/*') open += 1;
    if (two === '*/') open -= 1;
    at += two === '/*' || two === '*/' ? 2 : 1;
    if (open === 0) return at;
  }
  throw new SqlError('a comment does not end');
}

/** Both \' and '' stand for a quote within quotes; the second is two tokens in a row here, which comes to the same. */
function endOfQuoted(sql: string, start: number, quote: string): number {
  for (let at = start + 1; at < sql.length; at += 1) {
    if (sql[at] === '\\') at += 1;
    else if (sql[at] === quote) return at + 1;
  }
  throw new SqlError('a quoted text does not end');
}
