import type { Micros } from '../core/model/capture-event.ts';
import type { NodeKey } from '../core/model/edge.ts';
import { reversed } from '../core/model/number.ts';
import { roleBit } from '../core/model/roles.ts';
import type { Row } from '../core/store/tables.ts';
import type { SearchTerm } from './derived.ts';

interface FoldedTerm {
  readonly kind: SearchTerm['kind'];
  readonly value: string;
  readonly node: NodeKey;
  sinceUs: Micros;
  untilUs: Micros;
  roles: number;
}

/** The search terms of a batch, each once: one number stands in several headers of one message. */
export interface FoldedTerms {
  add(term: SearchTerm): void;
  rows(arrived: Micros): Row<'identifiers'>[];
  clear(): void;
}

export function createFoldedTerms(): FoldedTerms {
  // By node, which has few terms: comparing them costs less than a key made of kind, value and node.
  const byNode = new Map<NodeKey, FoldedTerm[]>();
  return {
    add({ kind, value, node, role, atUs }) {
      let terms = byNode.get(node);
      if (terms === undefined) {
        terms = [];
        byNode.set(node, terms);
      }
      const known = terms.find((term) => term.value === value && term.kind === kind);
      if (known === undefined) {
        terms.push({ kind, value, node, sinceUs: atUs, untilUs: atUs, roles: roleBit(role) });
        return;
      }
      if (atUs < known.sinceUs) known.sinceUs = atUs;
      if (atUs > known.untilUs) known.untilUs = atUs;
      known.roles |= roleBit(role);
    },
    rows: (arrived) => [...byNode.values()].flatMap((terms) => terms.map((term) => identifierRow(term, arrived))),
    clear: () => byNode.clear(),
  };
}

/** A number stands backwards, since people know the end of a number; a whole one is looked for backwards as well. */
function identifierRow(
  { kind, value, node, sinceUs, untilUs, roles }: FoldedTerm,
  arrived: Micros,
): Row<'identifiers'> {
  const isNumber = kind === 'number';
  return {
    kind: isNumber ? 'number_reversed' : kind,
    value: isNumber ? reversed(value) : value,
    node,
    roles,
    since: sinceUs,
    until: untilUs,
    arrived,
  };
}
