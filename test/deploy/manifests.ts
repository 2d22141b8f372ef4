import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { REPOSITORY } from './environment.ts';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: which fields it has is what the types of Kubernetes tell.
  readonly [field: string]: any;
}

export const readManifests = (file: string): Manifest[] =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Manifest);

/**
 * What the types made from Kubernetes' own OpenAPI document say of manifests, as the compiler tells it; "" when all fit. Each
 * is written as a literal, so that a field that Kubernetes does not know is an error, as for an API server that is strict.
 */
export function typeProblems(manifests: readonly Manifest[]): string {
  const directory = mkdtempSync(join(REPOSITORY, 'node_modules', '.calltrail-manifests-'));
  try {
    const lines = manifests.flatMap((manifest, i) => {
      const { apiVersion, kind } = manifest;
      return [
        `import type { I${kind} as T${i} } from 'kubernetes-models/${apiVersion}/${kind}';`,
        `export const m${i}: T${i} = ${JSON.stringify(manifest)};`,
      ];
    });
    const file = join(directory, 'manifests.ts');
    writeFileSync(file, lines.join('\n'));
    const options = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--ignoreConfig',
      '--module',
      'nodenext',
      '--target',
      'es2024',
    ];
    const { status, stdout } = spawnSync(
      process.execPath,
      [resolve(REPOSITORY, 'node_modules/typescript/bin/tsc'), ...options, file],
      { encoding: 'utf8', cwd: directory },
    );
    return status === 0 ? '' : stdout;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
