import { parseArgs } from 'node:util';
import { reasonOf } from '../../core/runtime/reason.ts';
import { reportOf } from './report.ts';
import type { Doctor } from './schema.ts';

/**
 * `npm run doctor`: asks a running Calltrail what its switches and sensors were not told to send. The exit code is 0 where
 * nothing is missing, 1 where something is, 2 where nobody answers.
 */

const USAGE = `usage: npm run doctor [-- --url http://127.0.0.1:8080 [--user U --password P | --token T] [--json]]
`;

function readArguments() {
  try {
    return parseArgs({
      options: {
        url: { type: 'string', default: 'http://127.0.0.1:8080' },
        user: { type: 'string' },
        password: { type: 'string' },
        token: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse(`${reasonOf(error)}\n${USAGE}`);
  }
}

function refuse(why: string): never {
  process.stderr.write(`${why.trimEnd()}\n`);
  process.exit(2);
}

const { url, user, password, token, json } = readArguments();
if (!URL.canParse(url) || !/^https?:/.test(url)) refuse(`"${url}" is no http address.\n${USAGE}`);

const authorization =
  token !== undefined
    ? `Bearer ${token}`
    : user === undefined
      ? undefined
      : `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}`;

async function ask(): Promise<Doctor> {
  const response = await fetch(new URL('/api/doctor', url), {
    headers: { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) },
  });
  const body = (await response.json()) as Doctor & { message?: string };
  if (!response.ok) throw new Error(body.message ?? `it answers ${response.status}`);
  return body;
}

const answer = await ask().catch((error: unknown) => refuse(`${url} could not be asked: ${reasonOf(error)}`));
process.stdout.write(json ? `${JSON.stringify(answer, null, 2)}\n` : reportOf(answer));
process.exitCode = answer.checks.some(({ findings }) => findings.some(({ state }) => state === 'missing')) ? 1 : 0;
