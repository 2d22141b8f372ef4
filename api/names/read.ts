import { type Static, Type } from 'typebox';
import { hides, kept, onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { shown } from '../privacy/shown.ts';

const list = (description: string, how: 'plain' | 'word') =>
  Type.Array(Type.String(shown(how)), { description: `${description}; those of most attempts first` });

export const KnownNames = Type.Object({
  nodes: list('Switches and sensors that saw calls', 'plain'),
  trunks: list('Trunks at which calls began, or over which they left', 'word'),
  tenants: list('Whose calls they were', 'plain'),
});
export type KnownNames = Static<typeof KnownNames>;

/** How far back names are known. */
const DAYS = 30;
/** Names of a kind: a site whose telephones are its trunks has thousands. */
const MAX_NAMES = 500;
/** What counts of attempts say where there is no name, and of names beyond what one process tells apart. */
const NONE: readonly string[] = ['', 'unknown', 'none', 'other'];

const ONE_EACH = {
  node: "arrayJoin(arrayDistinct(arrayConcat([node], splitByChar('\\n', sensors))))",
  trunk: 'trunk',
  tenant: 'tenant',
} as const;
type Kind = keyof typeof ONE_EACH;

/**
 * The names by which calls of the last days can be searched, from the counts of their attempts. Whoever sees some tenants alone
 * is told what their calls were seen by, without the boxes of others, and no trunk: those are the site's.
 */
export async function readNames(store: Store, nowMs: number, asked: SelectOptions): Promise<KnownNames> {
  const only = onlyOf(asked);
  const kinds: readonly Kind[] = only === undefined ? ['node', 'trunk', 'tenant'] : ['node', 'tenant'];
  const own = only === undefined ? '' : 'AND tenant IN {tenants:Array(String)}';
  const ofKind = (kind: Kind): string =>
    `SELECT '${kind}' AS kind, ${ONE_EACH[kind]} AS name, sum(attempts) AS n FROM outcomes
     WHERE minute >= {since:UInt32} ${own} ${kind === 'trunk' ? 'AND root = 1' : ''} GROUP BY name`;
  const rows = await store.select<{ kind: Kind; name: string }>(
    `SELECT kind, name FROM (${kinds.map(ofKind).join(' UNION ALL ')})
     WHERE name NOT IN ({none:Array(String)}) ORDER BY n DESC, name LIMIT {most:UInt32} BY kind`,
    {
      ...{ since: Math.floor(nowMs / 60_000) - DAYS * 1440, none: NONE, most: MAX_NAMES },
      ...(only === undefined ? {} : { tenants: only.names }),
    },
    kept(asked),
  );
  const of = (wanted: Kind): string[] => rows.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  return { nodes: of('node').filter((name) => !hides(asked, name)), trunks: of('trunk'), tenants: of('tenant') };
}
