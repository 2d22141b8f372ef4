import type { ConfigFile } from '../../core/config/schema.ts';

/**
 * What the operators of a recorded site would have written into their configuration, by the recording's name. The
 * recordings' README tells how the nodes were set up.
 */
const SITES: Readonly<Record<string, ConfigFile['correlation']>> = {
  '36-opensips-topology-hiding': {
    topologyHiding: [{ kind: 'opensips', prefix: 'THCID_', secret: 'lab_th_secret' }],
  },
};

export function siteOf(recording: string): ConfigFile['correlation'] {
  return SITES[recording] ?? {};
}
