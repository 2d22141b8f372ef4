import { HttpProblem } from '../problem.ts';

/** A query that is refused; the texts are Loki's where it has one, as people know them. */
export const refused = (text: string): HttpProblem => new HttpProblem(400, 'bad_query', text);

const SUPPORTED = '|=, !=, |~, !~, label filters with =, !=, =~, !~, drop, keep, json, logfmt';

export const unsupportedStage = (stage: string): HttpProblem =>
  refused(`parse error : stage '${stage}' is not supported by this API (supported: ${SUPPORTED})`);

export const unsupported = (what: string): HttpProblem =>
  refused(
    `parse error : ${what} is not supported by this API (supported: log queries, count_over_time, rate, bytes_over_time, bytes_rate, in sum, min, max, avg, count, topk, bottomk)`,
  );

/** Names a place in the query as Loki does: lines and columns from 1. */
export function syntaxError(query: string, at: number, what: string): HttpProblem {
  const before = query.slice(0, at).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return refused(`parse error at line ${before.length}, col ${column}: syntax error: ${what}`);
}
