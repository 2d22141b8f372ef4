import { isUtf8 } from 'node:buffer';
import { EngineError } from './errors.ts';
import { literal } from './literal.ts';

/** A place in a statement where a parameter stands: {name:Type}. */
export interface Hole {
  readonly name: string;
  readonly type: string;
}

/** A statement cut at its holes: one piece more than there are holes. */
export interface Cut {
  readonly pieces: readonly string[];
  readonly holes: readonly Hole[];
}

/**
 * The statement with its parameters as literals. That saves a second statement (SET param_…) before every question, and
 * a parameter is gone with the statement it was for.
 *
 * @param params by "param_<name>", written as ClickHouse's HTTP interface has them: text escaped as in TSV, \N for NULL,
 *   arrays as ['a','b'].
 * @throws EngineError 456 when one is missing, as the engine would.
 */
export function bind({ pieces, holes }: Cut, params: ReadonlyMap<string, Buffer>): string {
  let out = pieces[0] ?? '';
  for (const [i, { name, type }] of holes.entries()) {
    const value = params.get(`param_${name}`);
    if (value === undefined) {
      throw new EngineError(456, 'UNKNOWN_QUERY_PARAMETER', `Substitution \`${name}\` is not set`);
    }
    out += constant(value, type) + (pieces[i + 1] ?? '');
  }
  return out;
}

function constant(value: Buffer, type: string): string {
  if (type === 'String') return literal(unescapeTsv(value));
  if (type === 'Array(String)') {
    const items = readStrings(value);
    // An empty array has no type of its own.
    if (items !== undefined && items.length > 0) return `[${items.map(literal).join(', ')}]`;
  }
  if (value.equals(NULL)) return 'NULL';
  return `_CAST(${literal(type.startsWith('Array(') ? value : unescapeTsv(value))}, ${literal(type)})`;
}

const NULL = Buffer.from('\\N');
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '0': '\0' };

const unescaped = (text: string): string =>
  text.replace(/\\(.)/gs, (_, escaped: string) => ESCAPES[escaped] ?? escaped);

function unescapeTsv(value: Buffer): Buffer {
  return value.includes(BACKSLASH) ? Buffer.from(unescaped(value.toString('latin1')), 'latin1') : value;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const ITEM = /'([^'\\\x00-\x1f\x7f]*(?:\\[\\'tnr][^'\\\x00-\x1f\x7f]*)*)'([,\]])/y;

/** The items of ['a','b'] as a client writes it; undefined for anything else, which the engine may read by itself. */
function readStrings(value: Buffer): string[] | undefined {
  if (!isUtf8(value)) return undefined;
  const text = value.toString('utf8');
  if (text === '[]') return [];
  if (text[0] !== '[') return undefined;
  const items: string[] = [];
  ITEM.lastIndex = 1;
  for (;;) {
    const end = ITEM.lastIndex;
    const match = ITEM.exec(text);
    if (match === null) return undefined;
    items.push(unescaped(match[1] ?? ''));
    if (match[2] === ']') return end + match[0].length === text.length ? items : undefined;
  }
}
