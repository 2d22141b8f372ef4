/** What an answer in one of ClickHouse's formats is to HTTP. */
export function contentTypeOf(format: string): string {
  if (/^JSON.*EachRow$/i.test(format)) return 'application/x-ndjson; charset=UTF-8';
  if (/^JSON/i.test(format)) return 'application/json; charset=UTF-8';
  if (/^(RowBinary|Native)/i.test(format)) return 'application/octet-stream';
  return 'text/plain; charset=UTF-8';
}
