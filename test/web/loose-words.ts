import { parseSync } from 'vite';

/** A text that the page says and that does not stand with the others. */
export interface LooseWords {
  readonly line: number;
  readonly words: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/** Attributes that are read to, or shown to, people. */
const SPOKEN = /^(?:aria-label|aria-description|aria-roledescription|aria-valuetext|title|placeholder|alt|label)$/;
const WORD = /\p{L}{2,}/u;
/** Two words beside each other. */
const SENTENCE = /\p{L}{2,}[,.:;]? \p{L}{2,}(?![\p{L}-])/u;
/** Written for a program: a setting, markup, several lines. */
const CODE = /[=<>\n]/;
/** Stands for an expression in a template. */
const HOLE = '\uE000';
/** What these are called with is read by the browser. */
const SELECTS = /^(?:closest|matches|querySelector|querySelectorAll)$/;

/**
 * The words that a source of the page says by itself: text and spoken attributes in its templates, what an expression there
 * may come to, and any string elsewhere that has two words side by side. Keys on a keyboard (`<kbd>`), code, selectors and
 * what an error tells a programmer are none.
 */
export function looseWords(source: string): readonly LooseWords[] {
  const found: LooseWords[] = [];
  const add = (node: Node, words: string): void => {
    found.push({ line: source.slice(0, node.start).split('\n').length, words: words.replaceAll(HOLE, '…').trim() });
  };
  const visit = (node: Node): void => {
    if (isSilent(node)) return;
    if (node.type === 'TaggedTemplateExpression') {
      inTemplate(node, add);
      for (const expression of (node.quasi as Node).expressions as Node[]) visit(expression);
      return;
    }
    const text = stringOf(node);
    if (text !== undefined && SENTENCE.test(text) && !CODE.test(text)) add(node, text);
    for (const child of childrenOf(node)) visit(child);
  };
  const { program, errors } = parseSync('source.ts', source, { lang: 'ts' });
  if (errors.length > 0) throw new Error(`cannot be parsed: ${errors[0]?.message}`);
  visit(program as unknown as Node);
  return found;
}

function isSilent(node: Node): boolean {
  if (/^(?:Import|ExportAll|TS(?:Type|Literal|Union))/.test(node.type) || node.type === 'ThrowStatement') return true;
  if (node.type !== 'CallExpression') return false;
  const { property } = node.callee as { property?: { name?: string } };
  return SELECTS.test(property?.name ?? '');
}

function inTemplate({ quasi }: Node, add: (node: Node, words: string) => void): void {
  const template = quasi as Node;
  const markup = textOf(template);
  const shown = markup.replace(/<kbd>[^<]*<\/kbd>/g, '').replace(/<!--.*?-->/gs, '');
  for (const text of shown.split(/<[^>]*>/)) if (WORD.test(text)) add(template, text);
  for (const [, name = '', value = ''] of shown.matchAll(/\s([\w-]+)="([^"]*)"/g)) {
    if (SPOKEN.test(name) && WORD.test(value)) add(template, `${name}: ${value}`);
  }
  const pieces = markup.split(HOLE);
  for (const [at, expression] of (template.expressions as Node[]).entries()) {
    const before = pieces.slice(0, at + 1).join(HOLE);
    const isInTag = before.lastIndexOf('<') > before.lastIndexOf('>');
    const [, attribute = ''] = /([\w-]+)="?[^"=]*$/.exec(before.slice(before.lastIndexOf('<'))) ?? [];
    if (isInTag && !SPOKEN.test(attribute)) continue;
    for (const result of resultsOf(expression)) {
      const text = stringOf(result) ?? '';
      // A sentence is found wherever it stands.
      if (WORD.test(text) && (!SENTENCE.test(text) || CODE.test(text))) add(result, text);
    }
  }
}

/** The strings that an expression may come to. */
function resultsOf(node: Node): readonly Node[] {
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
      return [node];
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].flatMap((one) => resultsOf(one as Node));
    case 'LogicalExpression':
    case 'BinaryExpression':
      return [node.left, node.right].flatMap((one) => resultsOf(one as Node));
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
      return resultsOf(node.expression as Node);
    case 'ArrayExpression':
      return (node.elements as Node[]).flatMap(resultsOf);
    default:
      return [];
  }
}

const textOf = (template: Node): string =>
  (template.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join(HOLE);

const stringOf = (node: Node): string | undefined => {
  if (node.type === 'TemplateLiteral') return textOf(node);
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
};

const childrenOf = (node: Node): readonly Node[] =>
  Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
