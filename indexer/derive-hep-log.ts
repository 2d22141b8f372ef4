import type { PacketSeen } from '../core/model/capture-event.ts';
import { type Derived, NOTHING } from './derived.ts';
import { edgesFromHepLog } from './edges/from-hep-log.ts';
import { tenantsOfLog } from './edges/tenant-of.ts';
import type { LogColumns } from './log-columns.ts';
import type { CorrelationOptions } from './options.ts';

/**
 * A log line that came over HEP (protocol type 100), Kamailio's hlog() and OpenSIPS's xlog: free text, filed under the
 * Call-ID of chunk 0x11. Writes its row, and answers what follows from it.
 */
export function deriveHepLog(packet: PacketSeen, options: CorrelationOptions, logs: LogColumns): Derived {
  const { id, atUs, arrivedUs, sensor: node, correlationId, payload } = packet;
  const text = payload.toString('utf8').trimEnd();
  const line = {
    id,
    atUs,
    arrivedUs,
    node,
    channel: '',
    level: levelOf(text),
    file: '',
    func: '',
    line: 0,
    order: 0,
    text,
  };
  const tenants = options.tenants === undefined ? [] : tenantsOfLog(line, correlationId, options.tenants);
  const edges = [...edgesFromHepLog(packet, text, options), ...tenants];
  logs.add(line, correlationId);
  return edges.length === 0 ? NOTHING : { ...NOTHING, edges };
}

/** OpenSIPS writes the level before the text, Kamailio writes none. */
function levelOf(text: string): number {
  const word = /^(ALERT|CRIT|ERR|ERROR|WARNING|WARN|NOTICE|INFO|DBG|DEBUG):/.exec(text)?.[1];
  switch (word) {
    case 'ALERT':
      return 1;
    case 'CRIT':
      return 2;
    case 'ERR':
    case 'ERROR':
      return 3;
    case 'WARNING':
    case 'WARN':
      return 4;
    case 'NOTICE':
      return 5;
    case 'DBG':
    case 'DEBUG':
      return 7;
    default:
      return 6;
  }
}
