import { parseArgs } from 'node:util';
import { grafanaFiles } from '../files.ts';
import { checkGrafana } from './checks.ts';
import { createGrafana } from './grafana.ts';

/** `npm run grafana -- --check URL`: whether a Grafana that was provisioned from dashboards/grafana answers its users. */

const USAGE = `usage: npm run grafana -- --check URL [--token T | --user U --password P]
                              [--hours 24] [--var call=CALL-ID] [--var q=NUMBER]
`;

const { values } = parseArgs({
  options: {
    check: { type: 'string' },
    token: { type: 'string' },
    user: { type: 'string' },
    password: { type: 'string' },
    hours: { type: 'string', default: '24' },
    var: { type: 'string', multiple: true, default: [] },
  },
});
const hours = Number(values.hours);
if (values.check === undefined || !(hours > 0)) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const { token, user, password } = values;
const dashboards = new Map<string, unknown>();
for (const [path, text] of grafanaFiles()) {
  if (!path.startsWith('dashboards/')) continue;
  const json = JSON.parse(text) as { uid: string };
  dashboards.set(json.uid, json);
}
const variables = Object.fromEntries(
  values.var.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
);
const now = Date.now();
let failed = 0;
let passed = 0;
const grafana = createGrafana(values.check, {
  ...(token === undefined ? {} : { token }),
  ...(user === undefined ? {} : { user }),
  ...(password === undefined ? {} : { password }),
});
const options = {
  dashboards,
  fromMs: now - hours * 3_600_000,
  toMs: now,
  // What Grafana's page puts in for "all".
  variables: { q: '', tenant: '.*', trunk: '.*', node: '.*', ...variables },
};
for await (const { what, why } of checkGrafana(grafana, options)) {
  if (why === undefined) passed++;
  else failed++;
  process.stdout.write(why === undefined ? `ok    ${what}\n` : `FAIL  ${what}: ${why}\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
