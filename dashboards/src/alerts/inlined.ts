import { TENANT_RECORDINGS, TRUNK_RECORDINGS } from './recordings.ts';

const EXPRESSIONS: ReadonlyMap<string, string> = new Map(
  [...TRUNK_RECORDINGS, ...TENANT_RECORDINGS].map(({ record, expr }) => [record, expr]),
);

/**
 * The expression with what is recorded written out, so that it asks for counters alone: whoever alerts from Grafana need
 * not load rules into a Prometheus that may not be theirs. An `offset` behind a recorded name goes to each counter in it.
 *
 * @throws Error for a name that is not recorded
 */
export function inlined(expr: string): string {
  return expr.replace(/\b(?:trunk|tenant):\w+:\w+( offset \w+)?/g, (name, offset: string = '') => {
    const record = name.slice(0, name.length - offset.length);
    const recorded = EXPRESSIONS.get(record);
    if (recorded === undefined) throw new Error(`${record} is not recorded`);
    return `(${inlined(recorded).replaceAll(']', `]${offset}`)})`;
  });
}
