import { parser } from '@grafana/lezer-traceql';
import type { SyntaxNode } from '@lezer/common';
import { HttpProblem } from '../problem.ts';

/** What a query asks of a call: a tree of comparisons. */
export type Condition = { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] } | Comparison;

export interface Comparison {
  readonly kind: 'compare';
  /** As it is written: "span.sip.call_id", ".tenant", "status", "trace:id". */
  readonly field: string;
  readonly op: Operator;
  /** Text, or a number: nanoseconds for a duration. Words as "error" are text. */
  readonly value: string | number | boolean;
}

const OPERATORS = ['=', '!=', '=~', '!~', '>', '>=', '<', '<='] as const;
export type Operator = (typeof OPERATORS)[number];

const MAX_QUERY = 4096;
/** Comparisons of one query, each of which is looked up or compared with every call. */
const MAX_COMPARISONS = 32;

export const refused = (why: string): HttpProblem =>
  new HttpProblem(400, 'bad_traceql', `invalid TraceQL query: ${why}`);

/**
 * Reads `{ comparison && comparison || … }`, the part of TraceQL that chooses calls; undefined for `{}`, which every call
 * matches. Grammar: the one that Grafana's own editor uses.
 */
export function readTraceQl(query: string): Condition | undefined {
  if (query.length > MAX_QUERY) throw refused(`longer than ${MAX_QUERY} characters`);
  if (query.trim() === '') return undefined;
  const tree = parser.parse(query);
  const pipeline = tree.topNode.firstChild;
  checkSyntax(tree.topNode, query);
  if (pipeline === null) throw refused('there is no { … }');
  const [only, ...others] = children(pipeline);
  const filters = only === undefined ? [] : children(only);
  const [filter] = filters;
  if (
    others.length > 0 ||
    only?.name !== 'SpansetPipeline' ||
    filters.length !== 1 ||
    filter?.name !== 'SpansetFilter'
  ) {
    throw refused(
      `"${clip(query)}" is more than one { … }: pipelines, structure operators and metrics are not supported`,
    );
  }
  const [field] = children(filter);
  if (field === undefined) return undefined;
  const count = { left: MAX_COMPARISONS };
  return readField(field, query, count);
}

const clip = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

function children(node: SyntaxNode): SyntaxNode[] {
  const list: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (!child.type.name.endsWith('Comment')) list.push(child);
  }
  return list;
}

function checkSyntax(top: SyntaxNode, query: string): void {
  const cursor = top.cursor();
  do {
    if (cursor.type.isError) {
      const found = query.slice(cursor.from, cursor.from + 20);
      throw refused(
        `syntax error at column ${cursor.from + 1}${found === '' ? ': unexpected end' : ` near "${found}"`}`,
      );
    }
  } while (cursor.next());
}

function readField(node: SyntaxNode, query: string, count: { left: number }): Condition {
  const parts = children(node);
  const text = query.slice(node.from, node.to);
  const [left, middle, right] = parts;
  if (parts.length === 3 && left !== undefined && middle !== undefined && right !== undefined) {
    if (middle.name === 'And' || middle.name === 'Or') {
      const kind = middle.name === 'And' ? 'and' : 'or';
      return { kind, parts: [readField(left, query, count), readField(right, query, count)] };
    }
    if (middle.name === 'FieldOp') {
      if (count.left-- <= 0) throw refused(`more than ${MAX_COMPARISONS} comparisons are not supported`);
      return comparisonOf(left, query.slice(middle.from, middle.to), right, query);
    }
  }
  // Brackets: the only child is what stands within, and nothing but them stands around it.
  if (parts.length === 1 && left?.name === 'FieldExpression' && text.startsWith('('))
    return readField(left, query, count);
  throw refused(`"${clip(text)}" is not supported: write field, operator and value`);
}

function comparisonOf(left: SyntaxNode, op: string, right: SyntaxNode, query: string): Comparison {
  const [field] = children(left);
  const value = children(right)[0];
  const isField = field?.name === 'AttributeField' || field?.name === 'IntrinsicField';
  const text = query.slice(left.from, right.to);
  if (!isField || value?.name !== 'Static' || children(left).length !== 1) {
    throw refused(`"${clip(text)}" is not supported: a field stands left and a value right`);
  }
  const operator = OPERATORS.find((one) => one === op);
  if (operator === undefined) throw refused(`operator "${op}" is not supported`);
  const name = query.slice(field.from, field.to).replace(/"/g, '');
  return { kind: 'compare', field: name, op: operator, value: readValue(query.slice(right.from, right.to), value) };
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

function readValue(text: string, node: SyntaxNode): Comparison['value'] {
  switch (node.firstChild?.name) {
    case 'String':
      return stringOf(text);
    case 'Integer':
    case 'Float':
      return Number(text);
    case 'Duration':
      return durationOf(text);
    case undefined:
      return text === 'true' || text === 'false' ? text === 'true' : text;
    default:
      throw refused(`value ${clip(text)} is not supported`);
  }
}

/** "1.5s" in ns: the grammar knows one amount with one unit. */
function durationOf(text: string): number {
  const [, amount, unit = ''] = /^([\d.]+)(\D+)$/.exec(text) ?? [];
  const ns = UNITS[unit];
  if (amount === undefined || ns === undefined) throw refused(`duration ${clip(text)} is not supported`);
  return Number(amount) * ns;
}

/** A text in quotes with Go's escapes, or in backticks as it stands. */
function stringOf(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith('`')) return inner;
  return inner.replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/gs, (_all, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return { n: '\n', t: '\t', r: '\r' }[code] ?? code;
  });
}
