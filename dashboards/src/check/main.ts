import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { grafanaFiles } from '../files.ts';
import { rulesOf } from './alerts.ts';
import { checkGrafana } from './checks.ts';
import { createGrafana } from './grafana.ts';

/** `npm run grafana -- --check URL`: whether a Grafana that was provisioned from dashboards/grafana answers its users. */

const USAGE = `usage: npm run grafana -- --check URL [--token T | --user U --password P]
                              [--hours 24] [--var call=CALL-ID] [--var q=NUMBER]
`;

function readArguments() {
  try {
    return parseArgs({
      options: {
        check: { type: 'string' },
        token: { type: 'string' },
        user: { type: 'string' },
        password: { type: 'string' },
        hours: { type: 'string', default: '24' },
        var: { type: 'string', multiple: true, default: [] },
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n${USAGE}`);
  process.exit(2);
}

const values = readArguments();
const hours = Number(values.hours);
if (values.check === undefined) refuse('Which Grafana?');
if (!URL.canParse(values.check) || !/^https?:/.test(values.check)) refuse(`"${values.check}" is no http address.`);
if (!(hours > 0)) refuse(`--hours must be a number above 0, not "${values.hours}".`);
const unnamed = values.var.find((pair) => !/^\w+=/.test(pair));
if (unnamed !== undefined) refuse(`--var must be NAME=VALUE, not "${unnamed}".`);
const { token, user, password } = values;
const files = [...grafanaFiles()];
const dashboards = new Map(
  files
    .filter(([path]) => path.startsWith('dashboards/'))
    .map(([, text]) => JSON.parse(text) as { uid: string })
    .map((json) => [json.uid, json]),
);
const rules = files
  .filter(([path]) => path.startsWith('provisioning/alerting/'))
  .flatMap(([, text]) => rulesOf(parse(text)));
const variables = Object.fromEntries(
  values.var.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
);
const now = Date.now();
const grafana = createGrafana(values.check, {
  ...(token === undefined ? {} : { token }),
  ...(user === undefined ? {} : { user }),
  ...(password === undefined ? {} : { password }),
});
const options = {
  ...{ dashboards, rules },
  fromMs: now - hours * 3_600_000,
  toMs: now,
  // What Grafana's page puts in for "all".
  variables: { q: '', tenant: '.*', trunk: '.*', node: '.*', ...variables },
};
const SIGN = { ok: 'ok  ', nothing: 'none', failed: 'FAIL' } as const;
const counts = { ok: 0, nothing: 0, failed: 0 };
for await (const { what, outcome, why } of checkGrafana(grafana, options)) {
  counts[outcome]++;
  process.stdout.write(`${SIGN[outcome]}  ${what}${why === undefined ? '' : `: ${why}`}\n`);
}
process.stdout.write(`${counts.ok} ok, ${counts.nothing} with nothing to show, ${counts.failed} failed\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
