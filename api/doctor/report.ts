import type { Doctor } from './schema.ts';

type Finding = Doctor['checks'][number]['findings'][number];

const SIGNS = { fine: '✓', missing: '✕', unknown: '?' } as const;
const WORDS = { fine: 'fine', missing: 'missing', unknown: 'cannot tell yet' } as const;

/** What a terminal shows of it: a line a finding, and behind what is missing why it matters and what to paste. */
export function reportOf({ calls, packets, events, lines, quiet, checks }: Doctor): string {
  const told = [`Looked at ${calls} calls: ${packets} packets, ${events} events, ${lines} log lines.`];
  if (calls === 0) told.push('Nothing has come yet: nothing can be told.');
  for (const { title, weight, why, findings } of checks) {
    told.push('', `${title}${weight === 'useful' ? ' (useful)' : ''}`);
    for (const finding of findings) told.push(`  ${SIGNS[finding.state]} ${headOf(finding)}`);
    const missing = findings.filter(({ state }) => state === 'missing');
    if (missing.length > 0) told.push(`    ${why}`, ...remediesOf(missing));
  }
  if (quiet.length > 0) told.push('', `Heard within a day, and in none of these calls: ${quiet.join(', ')}.`);
  const all = checks.flatMap(({ findings }) => findings);
  const count = (state: Finding['state']): number => all.filter((one) => one.state === state).length;
  told.push('', `${count('fine')} fine, ${count('missing')} missing, ${count('unknown')} cannot be told yet`);
  return `${told.join('\n')}\n`;
}

const headOf = ({ of, software, state, saw }: Finding): string =>
  `${WORDS[state]}: ${of}${software === null ? '' : ` (${software})`}, ${saw}`;

/** Each once, however many boxes lack it. */
function remediesOf(missing: readonly Finding[]): string[] {
  const texts = missing.flatMap(({ remedies }) =>
    remedies.map(({ system, file, lines }) =>
      [`    ${system}, ${file}:`, ...lines.split('\n').map((line) => `      ${line}`)].join('\n'),
    ),
  );
  return [...new Set(texts)];
}
