import type { PacketSeen } from '../core/model/capture-event.ts';
import { type Derived, NOTHING, type TableRow } from './derived.ts';
import { edgesFromHepLog } from './edges/from-hep-log.ts';
import { tenantsOfRows } from './edges/tenant-of.ts';
import type { CorrelationOptions } from './options.ts';

/** A log line that came over HEP (protocol type 100). */
export function deriveHepLog(packet: PacketSeen, options: CorrelationOptions): Derived {
  const line = logRow(packet);
  const tenants = options.tenants === undefined ? [] : tenantsOfRows(packet, [line], options.tenants);
  return { ...NOTHING, rows: [line], edges: [...edgesFromHepLog(packet, line.row.text, options), ...tenants] };
}

/** Kamailio's hlog() and OpenSIPS's xlog over HEP type 100: free text, filed under the Call-ID of chunk 0x11. */
function logRow(packet: PacketSeen): Extract<TableRow, { table: 'logs' }> {
  const text = packet.payload.toString('utf8').trimEnd();
  return {
    table: 'logs',
    row: {
      id: packet.id,
      at: packet.atUs,
      arrived: packet.arrivedUs,
      node: packet.sensor,
      channel: '',
      call_id: packet.correlationId,
      level: levelOf(text),
      file: '',
      func: '',
      line: 0,
      seq: 0,
      text,
    },
  };
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
