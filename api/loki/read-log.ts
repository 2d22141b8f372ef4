import type { SyntaxNode } from '@lezer/common';
import { refused, unsupported, unsupportedStage } from './refusal.ts';
import type { LabelChoice, LabelCondition, LineFilter, LogQuery, Matcher, MatchOp, Stage } from './syntax.ts';
import { childrenOf, maybeChild, textOf } from './tree.ts';
import { unquote } from './unquote.ts';

/** Reads a selector and its pipeline: a LogExpr, or the LogRangeExpr of a range aggregation. */
export function readLog(node: SyntaxNode, query: string): LogQuery {
  const matchers: Matcher[] = [];
  const stages: Stage[] = [];
  for (const child of childrenOf(node)) {
    switch (child.name) {
      case 'Selector':
        for (const one of nested(child, 'Matcher')) matchers.push(readMatcher(one, query));
        break;
      case 'PipelineExpr':
        for (const stage of nested(child, 'PipelineStage')) stages.push(...readStage(stage, query));
        break;
      case 'Range':
        break;
      // Around the whole there may be brackets.
      case 'LogExpr':
        return readLog(child, query);
      default:
        throw unsupported(`'${textOf(child, query).slice(0, 60)}'`);
    }
  }
  return { kind: 'log', matchers, stages };
}

/** All nodes of a name below this one, in the order in which they are written; what is below them is theirs. */
function nested(node: SyntaxNode, name: string): SyntaxNode[] {
  return childrenOf(node).flatMap((child) => (child.name === name ? [child] : nested(child, name)));
}

function readMatcher(node: SyntaxNode, query: string): Matcher {
  const [label, op, value] = childrenOf(node);
  if (label === undefined || op === undefined || value?.name !== 'String') {
    throw unsupported(`'${textOf(node, query).slice(0, 60)}'`);
  }
  return { label: textOf(label, query), op: textOf(op, query) as MatchOp, value: readString(value, query) };
}

function readString(node: SyntaxNode, query: string): string {
  const text = unquote(textOf(node, query));
  if (text === undefined) throw refused(`parse error : invalid string ${textOf(node, query).slice(0, 100)}`);
  return text;
}

function readStage(node: SyntaxNode, query: string): Stage[] {
  const [stage] = childrenOf(node).filter(({ name }) => name !== 'Pipe');
  switch (stage?.name) {
    case 'LineFilters':
      return nested(stage, 'LineFilter').map((filter) => readLineFilter(filter, query));
    case 'LabelFilter':
      return [{ kind: 'label', condition: readCondition(stage, query) }];
    case 'DropLabelsExpr':
      return [{ kind: 'drop', choices: readChoices(stage, 'DropLabel', query) }];
    case 'KeepLabelsExpr':
      return [{ kind: 'keep', choices: readChoices(stage, 'KeepLabel', query) }];
    case 'LabelParser':
    case 'LogfmtParser': {
      // What they would find in a line is structured metadata of it already.
      const name = textOf(stage, query).split(/\s/)[0] ?? '';
      if (name === 'json' || name === 'logfmt') return [];
      throw unsupportedStage(name);
    }
    default:
      throw unsupportedStage(textOf(stage, query).split(/\s/)[0] ?? '');
  }
}

const LINE_OPS: ReadonlySet<string> = new Set(['|=', '!=', '|~', '!~']);

function readLineFilter(node: SyntaxNode, query: string): LineFilter {
  const op = textOf(maybeChild(node, 'Filter'), query);
  if (!LINE_OPS.has(op)) throw unsupportedStage(op);
  if (maybeChild(node, 'FilterOp') !== undefined) throw unsupportedStage('ip');
  const texts = nested(node, 'String').map((one) => readString(one, query));
  return { kind: 'line', op: op as LineFilter['op'], texts };
}

function readCondition(node: SyntaxNode, query: string): LabelCondition {
  const parts = childrenOf(node);
  const [first] = parts;
  if (first?.name === 'Matcher') return { kind: 'match', matcher: readMatcher(first, query) };
  const [left, right] = parts.filter(({ name }) => name === 'LabelFilter');
  if (left === undefined) throw unsupportedStage(textOf(node, query).slice(0, 60));
  if (right === undefined) return readCondition(left, query);
  const kind = parts.some(({ name }) => name === 'Or') ? 'or' : 'and';
  return { kind, left: readCondition(left, query), right: readCondition(right, query) };
}

function readChoices(node: SyntaxNode, name: string, query: string): LabelChoice[] {
  return nested(node, name).map((choice) => {
    const matcher = maybeChild(choice, 'Matcher');
    if (matcher === undefined) return { label: textOf(choice, query) };
    const { label, op, value } = readMatcher(matcher, query);
    if (op !== '=') throw unsupportedStage(`${name === 'DropLabel' ? 'drop' : 'keep'} with ${op}`);
    return { label, value };
  });
}
