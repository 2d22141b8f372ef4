import { type IncidentSeries, leadOf, type SeriesDimension } from '../../core/alert/incident.ts';
import type { Explanation } from '../../core/detect/explain.ts';
import type { StoredAlert } from './read.ts';

/** What an alert says, for a person: "61 of 74 calls over trunk "carrier-a" failed since 2026-11-26 14:03 UTC, 3.1 expected; …". */
export function sentenceOf(alert: StoredAlert): string {
  const lead = leadOf(alert);
  if (lead === undefined) return 'Nothing is known of this alert.';
  const when =
    alert.closedUs === 0
      ? `since ${timeText(alert.sinceUs)}`
      : `from ${timeText(alert.sinceUs)} to ${timeText(alert.closedUs)}`;
  if (alert.kind === 'blind') return `Nothing can be said of ${subjectOf(lead)} ${when}: ${silenceOf(alert.silent)}.`;
  const { failed, attempts, expectedFailed, expectedAttempts } = lead;
  if (lead.kind === 'vanished') {
    return `${attempts} ${subjectOf(lead)} ${when}, ${expectedAttempts.toFixed(1)} expected; all that is listened to was heard.`;
  }
  const why = alert.explanation.map(reasonOf).join(', ');
  const what = `${failed} of ${attempts} ${subjectOf(lead)} failed ${when}, ${expectedFailed.toFixed(1)} expected`;
  return `${what}${why === '' ? '; no single trunk, node, destination, tenant or cause' : `; ${why}`}.`;
}

function subjectOf({ dimension, name }: Pick<IncidentSeries, 'dimension' | 'name'>): string {
  const words: Record<SeriesDimension, string> = {
    site: 'calls',
    tenant: `calls of tenant "${name}"`,
    trunk: `calls over trunk "${name}"`,
    node: `calls on node "${name}"`,
  };
  return words[dimension];
}

function reasonOf({ dimension, value, shareOfFailed }: Explanation): string {
  const percent = Math.round(shareOfFailed * 100);
  const share = percent >= 100 ? 'all of them' : `${percent} % of them`;
  switch (dimension) {
    case 'cause':
      return `${share} ${value}`;
    case 'prefix':
      return `${share} to ${value.startsWith('+') || /^\d/.test(value) ? `${value}…` : `${value} numbers`}`;
    case 'trunk':
      return `${share} over trunk "${value}"`;
    case 'node':
      return `${share} on node "${value}"`;
    default:
      return `${share} of ${dimension} "${value}"`;
  }
}

function silenceOf(silent: readonly string[]): string {
  const others = silent.filter((name) => name !== '').map((name) => `"${name}"`);
  const heard = others.length === 0 ? [] : [`${others.join(', ')} ${others.length === 1 ? 'was' : 'were'} not heard`];
  return [...(silent.includes('') ? ['Calltrail did not count'] : []), ...heard].join(', ');
}

/** "2026-11-26 14:03 UTC" */
const timeText = (us: number): string => `${new Date(us / 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
