import type { SyntaxNode } from '@lezer/common';

/** The parts of a node in their order, without comments. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child);
  }
  return children;
}

export const maybeChild = (node: SyntaxNode, name: string): SyntaxNode | undefined => node.getChild(name) ?? undefined;

export const textOf = (node: SyntaxNode | undefined, query: string): string =>
  node === undefined ? '' : query.slice(node.from, node.to);
