import { PART_NAMES, partSql } from './parts.ts';
import { INEFFECTIVE_RESULTS, RATIO_NAMES, RATIOS } from './ratios.ts';

/** What attempts are told apart by. */
const BY = ['tenant', 'trunk', 'node', 'direction', 'prefix'];

const viewOf = (name: string, lines: readonly string[]): string =>
  [`CREATE OR REPLACE VIEW ${name} DEFINER = CURRENT_USER SQL SECURITY DEFINER AS`, ...lines].join('\n');

/**
 * `view_rates`: the parts of every ratio as numbers that can be summed over whatever is asked for, and the ratios of the row
 * alone, NULL where nothing is in the denominator. A row is a minute of one tenant, trunk, node, direction and prefix.
 */
export function ratesView(): string {
  const parts = PART_NAMES.map((name) => `  sumIf(attempts, ${partSql(name)}) AS ${name}`);
  const ratios = RATIO_NAMES.map((name) => `  ${RATIOS[name].of} / nullIf(${RATIOS[name].among}, 0) AS ${name}`);
  return viewOf('view_rates', [
    `SELECT at, ${BY.join(', ')}, first_leg, ${PART_NAMES.join(', ')},`,
    ratios.join(',\n'),
    // In a question of its own, as a sum may not stand in the condition of another.
    'FROM',
    '(',
    `SELECT toDateTime(minute * 60, 'UTC') AS at, ${BY.join(', ')}, root = 1 AS first_leg,`,
    parts.join(',\n'),
    'FROM outcomes',
    `GROUP BY at, ${BY.join(', ')}, first_leg`,
    ')',
  ]);
}

/** `view_registrations`: registrations that ended in a minute, those that count as ineffective (IRA), and their share. */
export function registrationsView(): string {
  const ineffective = `result IN (${INEFFECTIVE_RESULTS.map((result) => `'${result}'`).join(', ')})`;
  return viewOf('view_registrations', [
    'SELECT at, tenant, node, code, result, registrations, ineffective, ineffective / nullIf(registrations, 0) AS ira',
    'FROM',
    '(',
    "SELECT toDateTime(minute * 60, 'UTC') AS at, tenant, node, code, result, sum(attempts) AS registrations,",
    `  sumIf(attempts, ${ineffective}) AS ineffective`,
    'FROM registrations',
    'GROUP BY at, tenant, node, code, result',
    ')',
  ]);
}
