import type { PrivacyConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { fileText } from './file-text.ts';
import type { ConfigFile } from './schema.ts';

/** As much as a random key of 128 bits has in hex. */
const MIN_KEY = 32;

/** What does not fit together; the lists may be anything but what the schema asks for, which is told elsewhere. */
export function privacyProblems({ privacy }: ConfigFile): string[] {
  if (typeof privacy !== 'object' || privacy === null) return [];
  const { key, keyFile, mask, showDigits } = privacy;
  const problems: string[] = [];
  if (key !== undefined && keyFile !== undefined) problems.push('privacy.keyFile: the key is in privacy.key already');
  const hasKey = key !== undefined || keyFile !== undefined;
  if (!hasKey && Array.isArray(mask) && mask.length > 0) {
    problems.push('privacy.mask: tokens are made with a key: say it in privacy.key or privacy.keyFile');
  }
  if (!hasKey && showDigits !== undefined)
    problems.push('privacy.showDigits: says something of tokens, and there is no key');
  return problems;
}

/** With a key readers see tokens unless `mask` names others. */
export function resolvePrivacy({ privacy }: ConfigFile): PrivacyConfig {
  const { keyFile, showDigits } = privacy ?? {};
  const key = keyFile === undefined ? (privacy?.key ?? '') : readKey(keyFile);
  return {
    key,
    mask: key === '' ? [] : (privacy?.mask ?? ['reader']),
    showDigits: { first: 0, last: 0, ...showDigits },
  };
}

function readKey(path: string): string {
  const key = fileText(path, 'privacy.keyFile').trim();
  if (key.length < MIN_KEY) throw new ConfigError([`privacy.keyFile: a key has at least ${MIN_KEY} characters`]);
  return key;
}
