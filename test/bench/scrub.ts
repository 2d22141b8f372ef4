import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodeHep } from '../../collector/hep/decode.ts';
import { payloadOf } from '../../collector/hep/packet.ts';
import { mayHoldSecrets, scrubBytes, scrubText } from '../../collector/scrub/scrub.ts';
import { PROTOCOL } from '../../core/model/capture-event.ts';
import { readRecording } from '../replay/recording.ts';

/**
 * What looking for secrets costs: a packet, an event and a log line of the recordings.
 *
 *   node test/bench/scrub.ts
 */

const RECORDINGS = join(import.meta.dirname, '../recordings');
const packets: Buffer[] = [];
const events: Buffer[] = [];
const lines: string[] = [];
for (const name of readdirSync(RECORDINGS).filter((name) => /^\d/.test(name))) {
  const { hep, esl } = await readRecording(join(RECORDINGS, name));
  for (const { bytes } of hep) {
    const decoded = decodeHep(bytes);
    if (decoded.ok && decoded.packet.protocol === PROTOCOL.sip) packets.push(Buffer.from(payloadOf(decoded.packet)));
  }
  for (const { type, bytes } of esl.flatMap(({ connections }) => connections.flat())) {
    const body = bytes.subarray(bytes.indexOf('\n\n') + 2);
    if (type === 'text/event-json') events.push(body);
    if (type === 'log/data') lines.push(body.toString());
  }
}

const REGISTER = Buffer.from(
  'REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:bob@h>;tag=1\r\nTo: <sip:bob@h>\r\nCall-ID: a@h\r\nCSeq: 2 REGISTER\r\nAuthorization: Digest username="bob", realm="h", nonce="dcd98b", uri="sip:h", response="6629fae49393a05397450978507c4ef1"\r\nContent-Length: 0\r\n\r\n',
);

function measure<T extends Buffer | string>(what: string, things: readonly T[], look: (thing: T) => unknown): void {
  const rounds = Math.ceil(100_000 / things.length);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i += 1) {
    // The processor's time, so that a neighbour's work does not count.
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) for (const thing of things) look(thing);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / (rounds * things.length));
  }
  const bytes = things.reduce((sum, { length }) => sum + length, 0) / things.length;
  process.stdout.write(`${what}: ${Math.round(best)} ns each, of ${Math.round(bytes)} bytes on average\n`);
}

measure('SIP over HEP', packets, (one) => scrubBytes(one, 0, one.length, true));
measure('a REGISTER with credentials', [REGISTER], (one) => scrubBytes(one, 0, one.length, true));
measure('events, whole', events, mayHoldSecrets);
measure('log lines', lines, scrubText);
