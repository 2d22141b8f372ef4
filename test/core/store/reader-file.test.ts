import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { VIEWS } from '../../../core/store/views.ts';
import { temporaryDirectory } from './helpers.ts';

const FILE = fileURLToPath(new URL('../../../docs/clickhouse/calltrail-reader.xml', import.meta.url));

/** The engine with this file of users, in a process of its own; answers what it prints. */
function askEngine(users: string, statements: readonly string[]): string[] {
  const directory = temporaryDirectory();
  try {
    const [usersFile, configFile] = [join(directory.path, 'users.xml'), join(directory.path, 'engine.xml')];
    writeFileSync(usersFile, users);
    writeFileSync(configFile, `<clickhouse><users_config>${usersFile}</users_config></clickhouse>`);
    const program = `
      import { Session } from 'chdb';
      const session = new Session(${JSON.stringify(join(directory.path, 'data'))},
        { connectionArgs: ['--config-file=' + ${JSON.stringify(configFile)}] });
      const answers = [];
      for (const statement of ${JSON.stringify(statements)}) {
        const result = await session.queryAsync(statement, { format: 'TSV' });
        answers.push(Buffer.from(result.bytes()).toString());
      }
      session.close();
      process.stdout.write(JSON.stringify(answers));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      encoding: 'utf8',
    });
    return JSON.parse(printed) as string[];
  } finally {
    directory.remove();
  }
}

test('the file of a server user is one that ClickHouse reads: the views alone, read-only, with limits', () => {
  const users = readFileSync(FILE, 'utf8')
    // The engine in a process has no such switch in its configuration; a server has.
    .replace('<changeable_in_readonly/>', '')
    // Every session here is the user "default".
    .replace(
      '<users>',
      `<users><default><password></password><networks><ip>::/0</ip></networks><profile>default</profile>
        <quota>default</quota><access_management>1</access_management></default>`,
    )
    .replace('<profiles>', '<profiles><default/>')
    .replace('<quotas>', '<quotas><default/>');
  const [grants = '', settings = ''] = askEngine(users, [
    'SHOW GRANTS FOR calltrail_reader',
    `SELECT setting_name, value FROM system.settings_profile_elements WHERE profile_name = 'calltrail_reader'
       AND value IS NOT NULL ORDER BY setting_name`,
  ]);
  expect(grants.trim().split('\n').sort()).toEqual(
    VIEWS.map((view) => `GRANT SELECT ON calltrail.${view} TO calltrail_reader`).sort(),
  );
  expect(settings).toContain('readonly\t1');
  for (const limit of ['max_execution_time', 'max_memory_usage', 'max_rows_to_read']) expect(settings).toContain(limit);
}, 60_000);
