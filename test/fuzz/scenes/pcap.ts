import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { importCapture } from '../../../collector/pcap/import.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { createKeepingBus } from '../../collector/esl/harness.ts';
import { oneOf, spoiled } from '../bytes.ts';
import type { Fuzz } from '../fuzz.ts';

const FILES = ['14-tcp-ipv6-tls', '18-tcp-fragments-big', '22-utf8-odd-headers'].map((name) =>
  gunzipSync(readFileSync(`${import.meta.dirname}/../../core/pcap/fixtures/${name}.pcap.gz`)),
);

/** Capture files that are damaged: read to the end of what can be read, or refused with a sentence. In this process. */
export const pcap: Fuzz = {
  name: 'pcap',
  async round(_target, random) {
    for (let i = 0; i < 10; i++) {
      const bytes = spoiled(random, oneOf(random, FILES), oneOf(random, FILES));
      const pieces = async function* () {
        for (let at = 0; at < bytes.length; at += 5000) yield bytes.subarray(at, at + 5000);
      };
      try {
        await importCapture(pieces(), { bus: createKeepingBus(), metrics: createMetrics() });
      } catch (error) {
        // A sentence for a person, and no mistake of ours.
        if (error instanceof TypeError || error instanceof RangeError || !(error instanceof Error)) throw error;
      }
    }
  },
};
