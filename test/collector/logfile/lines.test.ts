import { describe, expect, it } from 'vitest';
import type { EslFrame } from '../../../collector/esl/frame.ts';
import { createLogReader } from '../../../collector/esl/log-line.ts';
import { createNodeClock } from '../../../collector/esl/time.ts';
import { createLogLineReader, type LogLine } from '../../../collector/logfile/lines.ts';
import { createRandom } from '../esl/fixtures.ts';
import { channelOf, essence, frameOf, recordedFrames, writtenRaw, writtenWithChannels } from './mod-logfile.ts';

const RECORDINGS = [
  '01-basic/esl-fs1',
  // A channel whose UUID is no UUID.
  '02-uuid-as-callid/esl-fs1',
  '03-failures/esl-fs1',
  '05-transfer-hold/esl-fs1',
  // Apostrophes that begin on one line and end on another.
  '06-conference/esl-fs1',
  // Lines of more than 2047 bytes.
  '14-tcp-ipv6-tls/esl-fs1',
  '21-graceful-restart/esl-fs1',
];

function readAll(bytes: Buffer): LogLine[] {
  const reader = createLogLineReader();
  const lines = [...reader.push(bytes), ...reader.flush()];
  expect(reader.pending()).toBe(0);
  return lines;
}

const textOf = (frame: EslFrame): string => frame.body.toString();
const isDated = (text: string): boolean => /^\d{4}-/.test(text);

/** Level and place as the event socket says them. */
function expectHead(line: LogLine, frame: EslFrame): void {
  expect(line.known).toBe(true);
  expect(line.level, line.text).toBe(Number(frame.headers.get('log-level')));
  if (!isDated(textOf(frame))) return;
  expect(line.file).toBe(frame.headers.get('log-file'));
  expect(line.line).toBe(Number(frame.headers.get('log-line')));
  expect(line.stamp).toBe(textOf(frame).slice(0, 26));
}

/** True when mod_logfile writes the text of a channel as it is. */
function isUntouched(frame: EslFrame): boolean {
  const longest = 2046 - channelOf(frame).length - 1;
  const lines = frame.body.toString('latin1').split('\n');
  return lines.length <= 100 && lines.every((line) => !/['\\]|^ | $/.test(line) && line.length <= longest);
}

describe.each(RECORDINGS)('createLogLineReader on the lines of %s', (name) => {
  const frames = recordedFrames(name);

  it('finds every recorded message in a file without channels', () => {
    const lines = readAll(writtenRaw(frames));
    expect(lines.map(({ text }) => text)).toEqual(frames.map(textOf));
    for (const [index, line] of lines.entries()) {
      expectHead(line, frames[index]!);
      expect(line.channel).toBe('');
    }
  });

  it('finds every recorded message in a file with channels', () => {
    const lines = readAll(writtenWithChannels(frames));
    expect(lines.length).toBe(frames.length);
    let untouched = 0;
    for (const [index, line] of lines.entries()) {
      const frame = frames[index]!;
      expectHead(line, frame);
      expect(line.channel).toBe(channelOf(frame));
      if (isUntouched(frame)) {
        expect(line.text).toBe(textOf(frame));
        untouched++;
      } else {
        expect(essence(textOf(frame)).startsWith(essence(line.text)), line.text).toBe(true);
      }
    }
    expect(untouched / lines.length).toBeGreaterThan(0.5);
  });
});

describe('createLogLineReader', () => {
  const sdp = '2026-11-21 10:21:38.736096 7.13% [DEBUG] sofia.c:7503 Remote SDP:\nv=0\r\ns=-\r\n\n';
  const frames = [
    frameOf('', '2026-11-21 10:21:38.736096 7.13% [NOTICE] a.c:1 Łódź\n'),
    frameOf('abc@host', sdp),
    frameOf('abc@host', 'EXECUTE [depth=0] sofia/x set(a=b)\n'),
    frameOf('my-call', 'Dialplan: sofia/x Action answer()\n'),
    frameOf('my-call', `EXECUTE [depth=0] sofia/x ${'é'.repeat(1500)}\n`),
    frameOf('my-call', '2026-11-21 10:21:38.756096 [CRIT] b-c.cpp:22 one\ntwo\n'),
    frameOf('', '2026-11-21 10:21:38.756096 [INFO] one\ntwo\n'),
  ];

  it('reads the same whichever way the bytes are cut', () => {
    for (const bytes of [writtenWithChannels(frames), writtenRaw(frames)]) {
      const whole = readAll(bytes);
      expect(whole.length).toBe(frames.length);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const reader = createLogLineReader();
        const lines = [...reader.push(bytes.subarray(0, cut)), ...reader.push(bytes.subarray(cut)), ...reader.flush()];
        expect(lines, `cut at ${cut}`).toEqual(whole);
      }
      const reader = createLogLineReader();
      const single = [...bytes].flatMap((byte) => reader.push(Buffer.from([byte])));
      expect([...single, ...reader.flush()]).toEqual(whole);
    }
  });

  it('says how many bytes it holds, so that reading can begin anew before them', () => {
    const bytes = writtenWithChannels(frames);
    const whole = readAll(bytes);
    for (let cut = 0; cut <= bytes.length; cut += 7) {
      const first = createLogLineReader();
      const lines = first.push(bytes.subarray(0, cut));
      const second = createLogLineReader();
      lines.push(...second.push(bytes.subarray(cut - first.pending())), ...second.flush());
      expect(lines, `cut at ${cut}`).toEqual(whole);
    }
  });

  it('separates the writes that a cut at 2047 bytes has glued together', () => {
    const filler = 'x'.repeat(5000);
    const long = [
      frameOf('u-1', `EXECUTE [depth=0] a bridge(${filler})\n`),
      frameOf('u-1', `2026-11-21 10:21:38.756096 [INFO] a.c:1 ${filler}\nsecond ${filler}\nthird\n`),
      frameOf('u-2', `Dialplan: b ${filler}\n`),
      frameOf('', '2026-11-21 10:21:38.756096 [INFO] a.c:2 no channel\n'),
      frameOf('u-1', 'Dialplan: c\n'),
    ];
    const bytes = writtenWithChannels(long);
    expect(bytes.toString().split('\n').length).toBe(4);
    const lines = readAll(bytes);
    expect(lines.map(({ channel }) => channel)).toEqual(['u-1', 'u-1', 'u-2', '', 'u-1']);
    expect(lines.map(({ text }) => text.split('\n').length - 1)).toEqual([1, 3, 1, 1, 1]);
    expect(lines[1]!.text.endsWith('\nthird\n')).toBe(true);
    expect(lines[0]!.text.length).toBe(2047 - 'u-1 '.length + 1);
  });

  it('finds the cut also in what follows the hundredth line, which has no channel in front', () => {
    const body = Array.from({ length: 300 }, (_, index) => `variable_${index}: [value of it]`).join('\n');
    const lines = readAll(
      writtenWithChannels([
        frameOf('u-1', `2026-11-21 10:21:38.756096 [INFO] mod_dptools.c:1999 CHANNEL_DATA:\n${body}\n`),
        frameOf('u-2', '2026-11-21 10:21:38.776096 [INFO] a.c:2 next\n'),
      ]),
    );
    expect(lines.map(({ channel }) => channel)).toEqual(['u-1', 'u-2']);
    expect(lines[0]!.text).toContain('\nvariable_120: [value of it]\n');
    expect(lines[1]!.text).toBe('2026-11-21 10:21:38.776096 [INFO] a.c:2 next\n');
  });

  it('leaves a long line whole when it has no channel', () => {
    const text = `2026-11-21 10:21:38.756096 [INFO] a.c:1 ${'u-1 Dialplan: '.repeat(1000)}\n`;
    expect(readAll(Buffer.from(`u-1 Dialplan: x\n${text}`)).map((line) => line.text)).toEqual(['Dialplan: x\n', text]);
  });

  it('takes a line of another known channel for a message of its own', () => {
    const lines = readAll(
      Buffer.from(
        'u-1 Dialplan: a\nu-2 2026-11-21 10:21:38.756096 [INFO] a.c:1 b\nu-1 of the first\nu-3 of the first\n',
      ),
    );
    expect(lines.map(({ channel, text }) => [channel, text])).toEqual([
      ['u-1', 'Dialplan: a\n'],
      ['u-2', '2026-11-21 10:21:38.756096 [INFO] a.c:1 b\n'],
      ['u-1', 'of the first\nu-3 of the first\n'],
    ]);
  });

  it('gives a rest that comes after a flush to the same channel, without a time of its own', () => {
    const reader = createLogLineReader();
    reader.push(Buffer.from('u-1 2026-11-21 10:21:38.756096 [ERR] a.c:7 half a l'));
    expect(reader.isMidLine()).toBe(true);
    expect(reader.flush().map(({ text }) => text)).toEqual(['2026-11-21 10:21:38.756096 [ERR] a.c:7 half a l']);
    expect(reader.flush()).toEqual([]);
    reader.push(Buffer.from('ine\nu-1 more\n'));
    expect(reader.flush()).toEqual([
      { channel: 'u-1', level: 3, file: 'a.c', line: 7, stamp: '', text: 'ine\nmore\n', known: true },
    ]);
  });

  it('marks text before the first record as unknown', () => {
    const lines = readAll(Buffer.from('m=audio 1\n\nEXECUTE [depth=0] x\n'));
    expect(lines.map(({ known, text }) => [known, text])).toEqual([
      [false, 'm=audio 1\n\n'],
      [true, 'EXECUTE [depth=0] x\n'],
    ]);
  });

  it('gives out a message without end in parts, and loses nothing of it', () => {
    const reader = createLogLineReader();
    const head = 'u-1 2026-11-21 10:21:38.756096 [INFO] a.c:1 ';
    const endless = Buffer.from(`${head}${'y'.repeat(5_000_000)}`);
    const lines: LogLine[] = [];
    for (let at = 0; at < endless.length; at += 100_000) {
      lines.push(...reader.push(endless.subarray(at, at + 100_000)));
      expect(reader.pending()).toBeLessThan(1_400_000);
    }
    lines.push(...reader.flush());
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.every(({ channel, text }) => channel === 'u-1' && text.length <= 1024 * 1024)).toBe(true);
    expect(lines.map(({ text }) => text).join('')).toBe(endless.toString().slice(4));
  });

  it('survives any bytes, within bounds', () => {
    const seed = Date.now() >>> 0;
    const random = createRandom(seed);
    const recorded = writtenWithChannels(recordedFrames('14-tcp-ipv6-tls/esl-fs1'));
    const until = performance.now() + 1_500;
    for (let round = 0; round < 300 && performance.now() < until; round++) {
      const start = Math.floor(random() * recorded.length);
      const bytes = Buffer.from(recorded.subarray(start, start + 20_000));
      for (let n = random() * 200; n > 0; n--) {
        const at = Math.floor(random() * bytes.length);
        bytes[at] = random() < 0.3 ? [0x0a, 0x00, 0x20, 0x5b, 0xff][Math.floor(random() * 5)]! : random() * 256;
      }
      const reader = createLogLineReader();
      const lines: LogLine[] = [];
      let given = 0;
      for (let at = 0; at < bytes.length; ) {
        const end = at + Math.ceil(random() * 6_000);
        lines.push(...reader.push(bytes.subarray(at, end)));
        given = Math.min(end, bytes.length);
        expect(reader.pending(), `seed ${seed}`).toBeLessThanOrEqual(given);
        at = end;
      }
      lines.push(...reader.flush());
      for (const line of lines) {
        expect(line.level >= 0 && line.level <= 7, `seed ${seed}`).toBe(true);
        expect(line.text.includes('\0'), `seed ${seed}`).toBe(false);
        expect(line.channel, `seed ${seed}`).not.toMatch(/\s/);
      }
      const kept = lines.reduce((sum, { text }) => sum + text.length, 0);
      expect(kept, `seed ${seed}`).toBeLessThanOrEqual(bytes.length + lines.length);
    }
  });

  it('finds what the event socket reader finds', () => {
    const socket = createLogReader('fs1', createNodeClock(0), true);
    const recorded = recordedFrames('01-basic/esl-fs1');
    const lines = readAll(writtenWithChannels(recorded));
    for (const [index, frame] of recorded.entries()) {
      const { channel, level } = socket.read(frame, 1);
      expect(lines[index]).toMatchObject({ channel, level });
    }
  });
});
