import type { Line } from './lines.ts';

/** The flag with which Grafana asks for labels and structured metadata apart (X-Loki-Response-Encoding-Flags). */
export const CATEGORIZE = 'categorize-labels';

export type Value =
  | readonly [ns: string, line: string]
  | readonly [ns: string, line: string, labels: { structuredMetadata?: Readonly<Record<string, string>> }];

export interface Stream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: Value[];
}

/** Lines as Loki answers them: one stream a set of labels, times as texts of ns. */
export function streamsOf(lines: readonly Line[], categorized: boolean): Stream[] {
  const streams = new Map<string, Stream>();
  for (const { atUs, text, stream, metadata } of lines) {
    const labels = categorized ? stream : { ...stream, ...metadata };
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    let found = streams.get(key);
    if (found === undefined) {
      found = { stream: labels, values: [] };
      streams.set(key, found);
    }
    const ns = `${atUs}000`;
    found.values.push(categorized ? [ns, text, { structuredMetadata: metadata }] : [ns, text]);
  }
  return [...streams.values()];
}
