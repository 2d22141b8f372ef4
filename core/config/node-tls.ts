import type { NodeTls } from './config.ts';
import { fileText } from './file-text.ts';
import { checkPems } from './pem.ts';

/** As in the file: `ca`, `cert` and `key` are paths. */
export type NodeTlsFile = NodeTls;

/**
 * @param at the setting, for that error
 */
export function resolveNodeTls(tls: NodeTlsFile | undefined, at: string): { readonly tls?: NodeTls } {
  if (tls === undefined) return {};
  const texts = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const path = tls[name];
    return path === undefined ? [] : [[name, fileText(path, `${at}.${name}`)] as const];
  });
  const { servername } = tls;
  const pems: Omit<NodeTls, 'servername'> = Object.fromEntries(texts);
  checkPems(pems, at);
  return { tls: { ...pems, ...(servername === undefined ? {} : { servername }) } };
}

/** The file may be anything but what the schema asks for: that is told elsewhere. */
export function nodeTlsProblems(tls: NodeTlsFile | undefined, at: string): string[] {
  const isHalf = (tls?.cert === undefined) !== (tls?.key === undefined);
  return isHalf ? [`${at}: cert and key go together`] : [];
}
