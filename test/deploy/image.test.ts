import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../system/ports.ts';
import { startProgram } from '../system/program.ts';
import { until } from '../system/until.ts';
import { REPOSITORY } from './environment.ts';

const text = readFileSync(`${REPOSITORY}/deploy/Dockerfile`, 'utf8');
const stages = text.split(/^FROM /m).slice(1);
const last = stages.at(-1)!;
/** What the last stage takes from the others, without where they have it. */
const taken = [...last.matchAll(/^COPY --from=(\w+) (.+) \S+$/gm)].flatMap(([, stage, paths]) =>
  paths!.split(' ').map((path) => ({ stage, path: path.replace('/src/', '') })),
);

describe('the image', () => {
  test('is described by a Dockerfile that has nothing to find fault with', () => {
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace('WORKDIR', 'WORKDIRECTORY'))).not.toEqual([]);
  });

  test('runs as a user without rights, and is stopped as Calltrail wants to be', () => {
    expect(last).toMatch(/^USER 10001:10001$/m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).not.toMatch(/^ADD |--privileged|chmod 777/m);
  });

  test('is made of what is there', () => {
    expect(taken.length).toBeGreaterThan(5);
    const ignored = readFileSync(`${REPOSITORY}/.dockerignore`, 'utf8').split('\n');
    for (const { path } of taken.filter(({ stage }) => stage === 'build')) {
      expect([path, path === 'web/dist' || existsSync(`${REPOSITORY}/${path}`)]).toEqual([path, true]);
      expect(ignored).not.toContain(path === 'web/dist' ? 'web' : path);
    }
  });

  test('has all that Calltrail needs to run: its files and its dependencies, without those of development', {
    timeout: 120_000,
  }, async () => {
    const root = mkdtempSync(join(tmpdir(), 'calltrail-image-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    for (const { stage, path } of taken) {
      if (stage !== 'build' || !existsSync(`${REPOSITORY}/${path}`)) continue;
      cpSync(`${REPOSITORY}/${path}`, join(root, path), { recursive: true });
    }
    linkDependencies(root);
    const port = await freePort('127.0.0.1');
    const config = join(root, 'calltrail.yaml');
    const hep = { udp: '127.0.0.1:0', tcp: '127.0.0.1:0' };
    writeFileSync(config, JSON.stringify({ http: { port }, store: { path: join(root, 'data') }, collector: { hep } }));
    const [, options] = /^ENTRYPOINT \["node", (.+)\]$/m.exec(last)!;
    const args = options!.split(', ').map((one) => JSON.parse(one) as string);
    const program = startProgram(process.execPath, [...args, '--config', config], { cwd: root, stopMs: 60_000 });
    onTestFinished(() => program.stop());
    const ask = async (path: string): Promise<number | undefined> => {
      if (!program.isRunning()) throw new Error(program.output());
      return fetch(`http://127.0.0.1:${port}${path}`).then(
        ({ status }) => status,
        () => undefined,
      );
    };
    await until('it is ready', async () => (await ask('/readyz')) === 200, {
      timeoutMs: 60_000,
      state: program.output,
    });
    expect([await ask('/livez'), await ask('/healthz'), await ask('/api/search')]).toEqual([200, 200, 200]);
  });
});

/** As `npm ci --omit=dev` would lay them. */
function linkDependencies(root: string): void {
  const lock = JSON.parse(readFileSync(`${REPOSITORY}/package-lock.json`, 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    const from = resolve(REPOSITORY, path);
    if (path === '' || dev === true || path.lastIndexOf('node_modules/') > 0 || !existsSync(from)) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(from, join(root, path));
  }
}
