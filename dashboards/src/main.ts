import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { grafanaFiles, prometheusFiles } from './files.ts';

/** `npm run dashboards`: writes dashboards/grafana anew, and the rules of dashboards/prometheus. */

const folder = fileURLToPath(new URL('../grafana/', import.meta.url));
await rm(folder, { recursive: true, force: true });
for (const [path, text] of grafanaFiles()) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
const rules = fileURLToPath(new URL('../prometheus/', import.meta.url));
for (const [path, text] of prometheusFiles()) await writeFile(join(rules, path), text);
