import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { grafanaFiles } from './files.ts';

/** `npm run dashboards`: writes dashboards/grafana anew. */

const folder = fileURLToPath(new URL('../grafana/', import.meta.url));
await rm(folder, { recursive: true, force: true });
for (const [path, text] of grafanaFiles()) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
