import { createSecureContext } from 'node:tls';
import { reasonOf } from '../runtime/reason.ts';
import { ConfigError } from './config-error.ts';

/** Throws {@link ConfigError} for texts that are no certificates and keys, or a key of another certificate. */
export function checkPems(
  pems: { readonly ca?: string; readonly cert?: string; readonly key?: string },
  at: string,
): void {
  try {
    createSecureContext(pems);
  } catch (error) {
    throw new ConfigError([`${at}: ${reasonOf(error)}`]);
  }
}
