import { readFileSync } from 'node:fs';

/** The text of a file of this folder: "ca", "server", "client", "client-key", … */
export const pem = (name: string): string => readFileSync(new URL(`${name}.pem`, import.meta.url), 'utf8');

/** A certificate with its key. */
export const pair = (name: string): { readonly cert: string; readonly key: string } => ({
  cert: pem(name),
  key: pem(`${name}-key`),
});
