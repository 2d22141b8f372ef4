import { DEFAULT_FILTER, type Filter } from '../../core/ladder/filter.ts';
import { badParameter } from '../problem.ts';

const KINDS = ['sip', 'events', 'logs'] as const;

/** How OpenAPI tells it. */
export const SHOW_WORDS =
  'separated by commas: sip, events (those of note), logs (from warning on); default all three. What a source missed is always told';

/** Reads the parameter `show`; what is shown when absent is what the page shows. */
export function showParameter(value = ''): Filter {
  if (value === '') return DEFAULT_FILTER;
  const wanted = value.split(',').map((one) => one.trim());
  const unknown = wanted.find((one) => !KINDS.some((kind) => kind === one));
  if (unknown !== undefined) {
    throw badParameter('show', `must be a list of sip, events and logs, not "${unknown.slice(0, 100)}".`);
  }
  const shows = (kind: (typeof KINDS)[number]): boolean => wanted.includes(kind);
  return { ...DEFAULT_FILTER, sip: shows('sip'), events: shows('events'), logs: shows('logs') };
}
