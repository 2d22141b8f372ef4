import type { Hidden } from './hidden.ts';
import { hideText } from './text.ts';

/**
 * A report about media as rtpengine and Asterisk write it in JSON (HEP types 5 and 35). Its figures are sources, counts and
 * moments; texts, as the CNAME of a source (RFC 3550 §6.5.1: "user@host"), are read. What is no JSON is read as a text.
 */
export function hideReport(report: string, hidden: Hidden): string {
  let found = 0;
  const shown = report.replace(/("(?:[^"\\]|\\.)*")(\s*:)?/g, (whole, text: string, colon: string | undefined) => {
    found++;
    if (colon !== undefined || /^"[\d.+-]{0,12}"$/.test(text)) return whole;
    return `"${hideText(text.slice(1, -1), hidden)}"`;
  });
  return found > 0 && /^\s*\{/.test(report) ? shown : hideText(report, hidden);
}
