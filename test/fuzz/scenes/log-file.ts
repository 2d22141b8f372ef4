import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { below, garbage, oneOf, spoiled } from '../bytes.ts';
import type { Fuzz } from '../fuzz.ts';

const LINES = [
  '0b6ff1d2-5c8e-4be4-9e8e-111111111111 2026-09-30 12:00:00.123456 99.97% [DEBUG] sofia.c:7302 Channel x entering state\n',
  '2026-09-30 12:00:00.123456 [NOTICE] switch_channel.c:1142 New Channel sofia/internal/100@x [0b6ff1d2-5c8e-4be4-9e8e-111111111111]\n',
  '   c=IN IP4 192.0.2.1\n',
  '\n',
  '2026-13-99 99:99:99.999999 [NOTHING] :0 \n',
].map((line) => Buffer.from(line));

export const logFile: Fuzz = {
  name: 'log-file',
  async round({ logFile }, random) {
    for (let i = 0; i < 200; i++) {
      const line = oneOf(random, LINES);
      appendFileSync(
        logFile,
        random() < 0.6 ? line : random() < 0.7 ? spoiled(random, line, oneOf(random, LINES)) : garbage(random, 3000),
      );
    }
    if (random() < 0.1) appendFileSync(logFile, Buffer.alloc(below(random, 3_000_000), 0x61));
    if (random() < 0.15) truncateSync(logFile, 0);
    if (random() < 0.15) {
      renameSync(logFile, `${logFile}.1`);
      writeFileSync(logFile, '');
    }
    await sleep(100);
  },
};
