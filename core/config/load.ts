import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { reasonOf } from '../runtime/reason.ts';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { schemaProblems } from './problems.ts';
import { resolveConfig } from './resolve.ts';
import type { ConfigFile } from './schema.ts';

/** Reads and checks a YAML file. Throws {@link ConfigError} with every mistake. */
export function loadConfig(path: string, env: NodeJS.ProcessEnv = process.env): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`${path} cannot be read: ${reasonOf(error)}`]);
  }
  return parseConfig(text, env, path);
}

export function parseConfig(text: string, env: NodeJS.ProcessEnv = process.env, name = 'the configuration'): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors.map((e) => `${name}: ${e.message.split('\n')[0]}`);
  if (syntax.length > 0) throw new ConfigError(syntax);
  const problems: string[] = [];
  const raw: unknown = fillSecrets(document.toJS() ?? {}, env, '', problems);
  problems.push(...schemaProblems(raw));
  if (problems.length > 0) throw new ConfigError(problems);
  return resolveConfig(raw as ConfigFile);
}

/** "${NAME}" in any string stands for an environment variable, so that secrets stay out of the file. */
function fillSecrets(value: unknown, env: NodeJS.ProcessEnv, path: string, problems: string[]): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
      const found = env[name];
      if (found === undefined) problems.push(`${path}: the environment variable ${name} is not set`);
      return found ?? whole;
    });
  }
  if (Array.isArray(value)) return value.map((item, i) => fillSecrets(item, env, `${path}[${i}]`, problems));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        fillSecrets(item, env, path === '' ? key : `${path}.${key}`, problems),
      ]),
    );
  }
  return value;
}
