import { hideText } from '../../core/privacy/text.ts';
import type { Sight } from '../../core/runtime/sight.ts';

/** Prometheus text in which values of labels hold no number: an endpoint of Asterisk may be called after its extension. */
export function hideMetrics(text: string, { hidden }: Sight): string {
  if (hidden === undefined) return text;
  return text.replace(/(\b(?:trunk|node|tenant|source)=")((?:[^"\\]|\\.)*)"/g, (_, before: string, value: string) => {
    return `${before}${hideText(value, hidden)}"`;
  });
}
