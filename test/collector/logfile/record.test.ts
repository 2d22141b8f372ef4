import { describe, expect, it } from 'vitest';
import { readLineStart } from '../../../collector/logfile/record.ts';

const read = (line: string) => readLineStart(line, (uuid) => uuid === 'known');
const STAMP = '2026-11-21 10:21:38.736096';

describe('readLineStart', () => {
  it.each([
    ['CONSOLE', 0],
    ['ALERT', 1],
    ['CRIT', 2],
    ['ERR', 3],
    ['WARNING', 4],
    ['NOTICE', 5],
    ['INFO', 6],
    ['DEBUG', 7],
    ['DEBUG1', 7],
    ['DEBUG10', 7],
  ])('reads the level [%s] as %d', (word, level) => {
    expect(read(`${STAMP} 7.13% [${word}] a.c:1 x`)).toMatchObject({ kind: 'record', level });
  });

  it('reads a line with and without channel, and with and without the idle CPU', () => {
    const rest = { kind: 'record', level: 6, file: 'mod_x.c', line: 22, stamp: STAMP };
    for (const text of [`${STAMP} 100.00% [INFO] mod_x.c:22 hello`, `${STAMP} [INFO] mod_x.c:22 hello`]) {
      expect(read(text)).toEqual({ ...rest, channel: '', text });
      expect(read(`abc@host ${text}`)).toEqual({ ...rest, channel: 'abc@host', text });
    }
  });

  it('reads lines that have no time', () => {
    expect(read('x EXECUTE [depth=2] a')).toMatchObject({ kind: 'record', channel: 'x', level: 6, stamp: '' });
    expect(read('Dialplan: a')).toMatchObject({ kind: 'record', channel: '', level: 7 });
    expect(read('x Chatplan: a')).toMatchObject({ kind: 'record', channel: 'x', level: 7 });
    expect(read('recv 1024 bytes from udp/[192.0.2.1]:5060 at 10:21:38.736096:')).toMatchObject({ level: 0 });
  });

  it('tells the rest of a known channel from text that belongs to none', () => {
    expect(read('known a=ptime:20\r')).toEqual({ kind: 'of_channel', channel: 'known', text: 'a=ptime:20\r' });
    expect(read('known ')).toEqual({ kind: 'of_channel', channel: 'known', text: '' });
    expect(read('other a=ptime:20')).toEqual({ kind: 'bare', text: 'other a=ptime:20' });
    expect(read(' known')).toEqual({ kind: 'bare', text: ' known' });
    expect(read('')).toEqual({ kind: 'bare', text: '' });
  });

  it('takes no time in the middle of a text for a record', () => {
    for (const text of [`Date: ${STAMP} x`, `a b ${STAMP} [INFO] x`, `${STAMP} [LOUD] x`, `${STAMP} hello`]) {
      expect(read(text).kind).toBe('bare');
    }
  });

  it('takes colours, NULs and the prefix of syslog away', () => {
    const plain = read(`known ${STAMP} [INFO] a.c:1 x`);
    expect(read(`\u001b[32mknown ${STAMP} [INFO] a.c:1 x\u001b[0m`)).toEqual(plain);
    expect(read(`${'\0'.repeat(1000)}known ${STAMP} [INFO] a.c:1 x`)).toEqual(plain);
    expect(read(`Nov  1 10:21:38 pbx freeswitch[123]: known ${STAMP} [INFO] a.c:1 x`)).toEqual(plain);
    expect(read(`2026-11-21T10:21:38.736+01:00 pbx freeswitch[123]: known ${STAMP} [INFO] a.c:1 x`)).toEqual(plain);
    expect(read('Nov 21 10:21:38 pbx freeswitch: known a=ptime:20')).toMatchObject({ kind: 'of_channel' });
  });
});
