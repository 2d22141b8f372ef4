import { createRequire } from 'node:module';
import { test } from 'vitest';
import { recordedMessages } from '../core/sip/fixtures.ts';

// Loaded by Node itself: what goes through the test runner's module loader looks up each import anew, which makes code of
// many small functions five times slower than it is in production.
const require = createRequire(import.meta.url);
const { readSip } = require('../../core/sip/read.ts') as typeof import('../../core/sip/read.ts');
const { scanSip } = require('../../core/sip/scan.ts') as typeof import('../../core/sip/scan.ts');
const { createSipScan } = require('../../core/sip/sip-scan.ts') as typeof import('../../core/sip/sip-scan.ts');
const { splitSip } = require('../../core/sip/split.ts') as typeof import('../../core/sip/split.ts');

const messages = recordedMessages().map(({ bytes }) => bytes);
const scan = createSipScan();

const LINE = /^(call-id|i|cseq|from|f|to|t|via|v|contact|m|content-length|l|user-agent|reason)[ \t]*:[ \t]*(.*)$/i;
const ADDRESS = /<?(sips?|tel):(?:([^@>;]*)@)?([^>;]*)/i;

/** What one would write first: split into lines, and a pattern for each. Fewer fields than the scanner reads. */
function readNaively(bytes: Buffer): number {
  const [head = ''] = bytes.toString('utf8').split('\r\n\r\n', 1);
  const fields = new Map<string, string>();
  for (const line of head.split('\r\n')) {
    const match = LINE.exec(line);
    if (match) fields.set(match[1]!.toLowerCase(), match[2]!);
  }
  let found = fields.get('call-id')?.length ?? 0;
  for (const name of ['from', 'to', 'contact']) {
    const value = fields.get(name) ?? '';
    found += (ADDRESS.exec(value)?.[2]?.length ?? 0) + (/;tag=([^;]+)/i.exec(value)?.[1]?.length ?? 0);
  }
  found += /;branch=([^;]+)/i.exec(fields.get('via') ?? '')?.[1]?.length ?? 0;
  return found + Number(/^(\d+)/.exec(fields.get('cseq') ?? '')?.[1] ?? 0);
}

test('SIP messages of real nodes, all of them a round', async ({ bench }) => {
  await bench.compare(
    bench('scanSip: offsets', () => {
      for (const bytes of messages) scanSip(bytes, 0, bytes.length, scan);
    }),
    bench('splitSip', () => {
      for (const bytes of messages) splitSip(bytes);
    }),
    bench('readSip: strings', () => {
      for (const bytes of messages) readSip(bytes);
    }),
    bench('split and patterns', () => {
      for (const bytes of messages) readNaively(bytes);
    }),
  );
});
