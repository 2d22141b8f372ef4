import type { Hidden } from './hidden.ts';
import { hideQualityReport } from './quality-report.ts';
import { hideSip } from './sip.ts';
import { hideText } from './text.ts';

/**
 * A report about media (HEP types 5 and 35): JSON as rtpengine, Asterisk and capture agents write it, a telephone's report by
 * itself, or the SIP message that brought it. What is none of these is read as a text.
 */
export function hideReport(report: string, hidden: Hidden): string {
  if (isJson(report)) return hideJson(report, hidden);
  if (/^\s*VQ[a-z]+Report\b/i.test(report)) return hideQualityReport(report, hidden);
  if (/^[^\r\n]* SIP\/\d/i.test(report)) return hideSip(Buffer.from(report), hidden).toString();
  return hideText(report, hidden);
}

/** Whether a stored message, SIP or report, is a report that is no SIP. */
export const isBareReport = (text: string): boolean => isJson(text) || /^\s*VQ[a-z]+Report\b/i.test(text);

const isJson = (text: string): boolean => /^\s*\{/.test(text);

/** Its figures are sources, counts and moments; texts, as the CNAME of a source (RFC 3550 §6.5.1: "user@host"), are read. */
function hideJson(report: string, hidden: Hidden): string {
  let found = 0;
  const shown = report.replace(/("(?:[^"\\]|\\.)*")(\s*:)?/g, (whole, text: string, colon: string | undefined) => {
    found++;
    if (colon !== undefined || /^"[\d.+-]{0,12}"$/.test(text)) return whole;
    return `"${hideText(text.slice(1, -1), hidden)}"`;
  });
  return found > 0 ? shown : hideText(report, hidden);
}
