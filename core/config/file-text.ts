import { readFileSync } from 'node:fs';
import { reasonOf } from '../runtime/reason.ts';
import { ConfigError } from './config-error.ts';

/** The text of a file that a setting names. Throws {@link ConfigError}, which names the setting, for one that cannot be read. */
export function fileText(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`${setting}: ${reasonOf(error)}`]);
  }
}
