import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ALL_ROLES } from '../../core/config/roles.ts';
import { needs } from '../system/needs.ts';
import { expectGuarded, namesIn, REPOSITORY, readAs } from './environment.ts';

const read = (name: string): string => readFileSync(`${REPOSITORY}/deploy/systemd/${name}`, 'utf8');
/** What `systemd-analyze security` gives at most: of 100, 0 is shut off from everything. */
const MOST_EXPOSURE = 20;

needs('systemd-analyze')('the units of systemd', { timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'calltrail-units-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** The unit as it would stand in /etc/systemd/system, with this checkout in the place of /opt/calltrail. */
  const install = (source: string, name: string, change: (text: string) => string = (text) => text): string => {
    const file = join(directory, name);
    writeFileSync(file, change(read(source)).replaceAll('/opt/calltrail', resolve(REPOSITORY)));
    return file;
  };
  const verify = (file: string) => spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });

  test.each([
    ['calltrail.service', 'calltrail.service'] as const,
    ...ALL_ROLES.map((role) => ['calltrail@.service', `calltrail@${role}.service`] as const),
  ])('%s is understood by systemd as %s, without a word, and what it starts is there', (source, name) => {
    const { status, stderr } = verify(install(source, name));
    expect([status, stderr]).toEqual([0, '']);
  });

  test('a setting that systemd does not know, or a program that is not there, would be told', () => {
    const typo = install('calltrail.service', 'typo.service', (text) => text.replace('ProtectHome=', 'ProtectHouse='));
    expect(verify(typo).stderr).toContain('ProtectHouse');
    const gone = install('calltrail.service', 'gone.service', (text) => text.replace('.bin/node ', '.bin/nodes '));
    expect(verify(gone).stderr).toContain('nodes is not executable');
  });

  test.each(['calltrail.service', 'calltrail@.service'])(
    '%s shuts the process off from what it does not need',
    (name) => {
      const file = install(name, name.replace('@', '@api'));
      const args = ['security', '--offline=true', '--no-pager', `--threshold=${MOST_EXPOSURE}`, file];
      expect(execFileSync('systemd-analyze', args, { encoding: 'utf8' })).toContain('Overall exposure level');
    },
  );
});

test('the configuration that goes with the unit of one process is one that Calltrail takes', () => {
  const text = read('calltrail.yaml');
  const config = readAs(text, Object.fromEntries(namesIn(text).map((name) => [name, ''])));
  expectGuarded(config);
  expect(config.store).toMatchObject({ kind: 'embedded', path: '/var/lib/calltrail' });
  expect(read('calltrail.service')).toMatch(/^StateDirectory=calltrail$/m);
  expect(config.roles).toEqual(ALL_ROLES);
});

test.each(ALL_ROLES)(
  'the configuration that goes with the unit of a role is one that Calltrail takes, as %s',
  (role) => {
    const text = read('roles.yaml');
    const secrets = Object.fromEntries(namesIn(text).map((name) => [name, '']));
    const config = readAs(text, { ...secrets, ROLE: role });
    expectGuarded(config);
    expect(config.roles).toEqual([role]);
    // The one place that the unit may write into.
    expect(config.journal.path).toBe(`/var/lib/calltrail-${role}/journal`);
    expect(read('calltrail@.service')).toMatch(/^StateDirectory=calltrail-%i$/m);
  },
);
