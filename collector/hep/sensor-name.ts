import { keptBytes } from '../../core/model/kept-bytes.ts';
import type { HepPacket } from './packet.ts';
import { cleanText } from './text.ts';

/** Characters of a node name; it is shown, grouped by, and never longer in earnest. */
const MAX_SENSOR = 128;
/** Capture ids that a box has when nobody gave it one: sofia-sip sends 200, Kamailio 1. Several boxes share them. */
const UNSET_IDS: ReadonlySet<number> = new Set([0, 1, 200]);
/** Names are kept for as many senders as a site has; who invents a new one for each packet gets it made each time. */
const MAX_KNOWN = 4096;

/** Who saw a packet, as UTF-8: the node name, else "hep <capture id>", with "@<host>" when the id is a default one. */
export interface SensorNames {
  of(packet: HepPacket, senderHost: string): Buffer;
}

export function createSensorNames(): SensorNames {
  const byId = new Map<number, Buffer>();
  const byName = new Map<string, Buffer>();
  const remember = <K>(known: Map<K, Buffer>, key: K, name: string): Buffer => {
    const bytes = keptBytes(name);
    if (known.size < MAX_KNOWN) known.set(key, bytes);
    return bytes;
  };
  return {
    of({ nodeName, captureId }, senderHost) {
      if (nodeName.length > 0) {
        const key = nodeName.toString('latin1');
        const known = byName.get(key);
        if (known !== undefined) return known;
        const name = cleanText(nodeName).trim().slice(0, MAX_SENSOR).toWellFormed();
        if (name !== '') return remember(byName, key, name);
      }
      if (UNSET_IDS.has(captureId) && senderHost !== '') {
        const name = `hep ${captureId}@${senderHost}`;
        return byName.get(`\0${name}`) ?? remember(byName, `\0${name}`, name);
      }
      return byId.get(captureId) ?? remember(byId, captureId, `hep ${captureId}`);
    },
  };
}
