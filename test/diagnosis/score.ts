import { VERDICT_IDS } from '../../core/diagnosis/verdict.ts';
import { openPlayed } from './played.ts';
import { SCRIPTS } from './scripts/all.ts';

/** `npm run diagnosis`: what is said of every scripted call, held against what was made to happen. Exit code 1 on a difference. */
const played = await openPlayed(SCRIPTS);
const scores = new Map(VERDICT_IDS.map((id) => [id, { expected: 0, said: 0, missed: 0, wrong: 0 }]));
const healthy = { calls: 0, silent: 0 };
const faulty = { calls: 0, exact: 0 };
const differences: string[] = [];
try {
  for (const script of SCRIPTS) {
    const { answer } = await played.diagnosed(script);
    const said = new Set(answer.verdicts.map(({ id }) => id));
    const expected = new Set(script.expect);
    for (const [id, score] of scores) {
      if (expected.has(id)) score.expected++;
      if (expected.has(id) && said.has(id)) score.said++;
      if (expected.has(id) && !said.has(id)) score.missed++;
      if (!expected.has(id) && said.has(id)) score.wrong++;
    }
    if (expected.size === 0) healthy.calls++;
    if (expected.size === 0 && said.size === 0) healthy.silent++;
    const words = (ids: ReadonlySet<string>): string => [...ids].sort().join(', ') || 'nothing';
    if (expected.size > 0) faulty.calls++;
    if (expected.size > 0 && words(said) === words(expected)) faulty.exact++;
    if (words(said) !== words(expected))
      differences.push(`${script.name}: ${words(said)} instead of ${words(expected)}`);
  }
} finally {
  await played.close();
}

const lines = [...scores].map(
  ([id, { expected, said, missed, wrong }]) => `| \`${id}\` | ${expected} | ${said} | ${missed} | ${wrong} |`,
);
process.stdout.write(
  `${[
    '| verdict | calls with it | said | missed | said of others |',
    '|---|---|---|---|---|',
    ...lines,
    '',
    `${faulty.exact} of ${faulty.calls} calls with a fault have exactly the verdicts that they should.`,
    `${healthy.silent} of ${healthy.calls} healthy calls have no verdict.`,
    ...differences,
  ].join('\n')}\n`,
);
process.exitCode = differences.length === 0 ? 0 : 1;
