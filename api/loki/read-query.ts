import { parser } from '@grafana/lezer-logql';
import type { SyntaxNode } from '@lezer/common';
import { readLog } from './read-log.ts';
import { durationNs } from './read-times.ts';
import { refused, syntaxError, unsupported } from './refusal.ts';
import type { Grouping, MetricQuery, Query, RangeFunction, VectorFunction } from './syntax.ts';
import { childrenOf, maybeChild, textOf } from './tree.ts';

const MAX_QUERY = 16_384;
/** Brackets within brackets: what people write has five. */
const MAX_DEPTH = 100;

const RANGE: ReadonlySet<string> = new Set(['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate']);
const VECTOR: ReadonlySet<string> = new Set(['sum', 'min', 'max', 'avg', 'count', 'topk', 'bottomk']);

/**
 * Reads a LogQL query.
 *
 * @throws HttpProblem 400 with a text in Loki's words for what is no LogQL, or LogQL that this API does not take.
 */
export function readQuery(query: string): Query {
  if (query.length > MAX_QUERY) throw refused(`parse error : the query is longer than ${MAX_QUERY} characters`);
  if (query.trim() === '') throw syntaxError(query, 0, 'unexpected $end');
  // The grammar asks for a matcher, and Loki says why one is needed.
  if (/^\s*\{\s*\}/.test(query)) throw emptyCompatible();
  const tree = parser.parse(query);
  let depth = 0;
  tree.iterate({
    enter: (node) => {
      depth += 1;
      if (depth > MAX_DEPTH) throw refused('parse error : the query is nested too deeply');
      if (node.type.isError) throw unexpected(query, node.node);
    },
    leave: () => {
      depth -= 1;
    },
  });
  return readExpression(tree.topNode, query);
}

export const emptyCompatible = () =>
  refused(
    'parse error : queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will',
  );

/** Where the parser could not go on, and with what. */
function unexpected(query: string, node: SyntaxNode) {
  const rest = query.slice(node.from);
  const skipped = rest.length - rest.trimStart().length;
  const [token = ''] = /^(?:[A-Za-z_]\w*|\d+|["'`]|[|!=][=~]|.)/su.exec(rest.trimStart()) ?? [];
  const name = token === '' ? '$end' : /^["'`]/.test(token) ? 'STRING' : token;
  return syntaxError(query, node.from + skipped, `unexpected ${name}`);
}

function readExpression(node: SyntaxNode, query: string): Query {
  switch (node.name) {
    case 'LogQL':
    case 'Expr':
      return readExpression(only(node), query);
    case 'LogExpr':
      return readLog(node, query);
    default:
      return readMetric(node, query);
  }
}

function readMetric(node: SyntaxNode, query: string): MetricQuery {
  switch (node.name) {
    case 'Expr':
    case 'MetricExpr':
      return readMetric(only(node), query);
    case 'RangeAggregationExpr':
      return readRange(node, query);
    case 'VectorAggregationExpr':
      return readVector(node, query);
    case 'BinOpExpr':
      return readSum(node, query);
    case 'VectorExpr':
      return { kind: 'constant', value: numberIn(node, query) };
    default:
      throw unsupported(`'${textOf(node, query).slice(0, 60)}'`);
  }
}

function readRange(node: SyntaxNode, query: string): MetricQuery {
  const fn = textOf(maybeChild(node, 'RangeOp'), query);
  if (!RANGE.has(fn)) throw unsupported(fn === '' ? 'this range aggregation' : fn);
  const inner = maybeChild(node, 'LogRangeExpr');
  if (inner === undefined || maybeChild(node, 'Grouping') !== undefined) throw unsupported(`a grouping of ${fn}`);
  if (maybeChild(inner, 'OffsetExpr') !== undefined) throw unsupported('offset');
  if (maybeChild(inner, 'UnwrapExpr') !== undefined) throw unsupported('unwrap');
  const written = textOf(maybeChild(inner, 'Range'), query).replace(/^\[|\]$/g, '');
  const rangeNs = durationNs(written);
  if (rangeNs === undefined || rangeNs <= 0n) throw refused(`parse error : not a valid duration string: "${written}"`);
  return { kind: 'range', fn: fn as RangeFunction, log: readLog(inner, query), rangeNs };
}

function readVector(node: SyntaxNode, query: string): MetricQuery {
  const fn = textOf(maybeChild(node, 'VectorOp'), query);
  if (!VECTOR.has(fn)) throw unsupported(fn);
  const inner = maybeChild(node, 'MetricExpr');
  if (inner === undefined) throw unsupported(`'${textOf(node, query).slice(0, 60)}'`);
  const written = maybeChild(node, 'Number');
  const k = written === undefined ? undefined : Number(textOf(written, query));
  const picks = fn === 'topk' || fn === 'bottomk';
  if (picks !== (k !== undefined) || (k !== undefined && (!Number.isInteger(k) || k < 1))) {
    throw refused(`parse error : invalid parameter ${k ?? 'undefined'}, ${fn}(k, vector) takes a whole number from 1`);
  }
  const grouping = readGrouping(maybeChild(node, 'Grouping'), query);
  return {
    kind: 'vector',
    fn: fn as VectorFunction,
    ...(grouping === undefined ? {} : { grouping }),
    ...(k === undefined ? {} : { k }),
    of: readMetric(inner, query),
  };
}

function readGrouping(node: SyntaxNode | undefined, query: string): Grouping | undefined {
  if (node === undefined) return undefined;
  const labels: string[] = [];
  node.cursor().iterate((one) => {
    if (one.name === 'Identifier') labels.push(query.slice(one.from, one.to));
  });
  return { without: maybeChild(node, 'Without') !== undefined, labels };
}

/** What "Save & test" asks is the one sum that is taken: vector(1)+vector(1). */
function readSum(node: SyntaxNode, query: string): MetricQuery {
  const [left, right] = childrenOf(node).filter(({ name }) => name === 'Expr');
  if (left === undefined || right === undefined || maybeChild(node, 'Add') === undefined) {
    throw unsupported('a binary operation');
  }
  const [a, b] = [readMetric(left, query), readMetric(right, query)];
  if (a.kind !== 'constant' || b.kind !== 'constant') throw unsupported('a binary operation');
  return { kind: 'constant', value: a.value + b.value };
}

function numberIn(node: SyntaxNode, query: string): number {
  const value = Number(textOf(maybeChild(node, 'Number'), query));
  if (!Number.isFinite(value)) throw unsupported('vector without a number');
  return value;
}

/** The one part of a wrapper; comments do not count. */
function only(node: SyntaxNode): SyntaxNode {
  const [child] = childrenOf(node);
  if (child === undefined) throw unsupported('an empty expression');
  return child;
}
