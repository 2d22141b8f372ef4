import { decodeHep3 } from './decode-v3.ts';
import { decodeHep12 } from './decode-v12.ts';
import type { HepResult } from './packet.ts';

/**
 * Decodes one HEP packet of version 1, 2 or 3, as one datagram or one frame of a stream. Never throws: whatever the
 * bytes are, the answer is a packet or a reason.
 */
export function decodeHep(bytes: Buffer): HepResult {
  switch (bytes[0]) {
    case 0x48: // "H"
      return decodeHep3(bytes);
    case 1:
    case 2:
      return decodeHep12(bytes);
    default:
      return { ok: false, reason: 'not_hep' };
  }
}
