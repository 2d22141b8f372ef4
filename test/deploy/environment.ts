import { expect } from 'vitest';
import type { Config } from '../../core/config/config.ts';
import { parseConfig } from '../../core/config/load.ts';

export const REPOSITORY = `${import.meta.dirname}/../..`;

/** Names that a configuration takes from its environment. */
export const namesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => name!)),
];

/** Reads a configuration as Calltrail does, with nothing in its environment but what the deployment gives it. */
export function readAs(text: string, environment: Readonly<Record<string, string>>): Config {
  const filled = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value === '' ? `a secret for ${name}` : value]),
  );
  return parseConfig(text, filled);
}

/** Off loopback nobody is let in without a name: a deployment that forgot this does not start. */
export function expectGuarded({ access, http }: Config): void {
  expect(http.host).toBe('0.0.0.0');
  expect(access.anonymous).toBe(false);
  expect(access.users.map(({ name }) => name)).toContain('prometheus');
}
