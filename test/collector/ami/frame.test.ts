import { describe, expect, it } from 'vitest';
import { type AmiItem, createPacketReader, MAX_LINE_BYTES, MAX_PACKET_BYTES } from '../../../collector/ami/frame.ts';
import { AMI_RESPONSE, splitAmiRecording } from '../../replay/ami-recording.ts';
import { createRandom } from '../esl/fixtures.ts';
import { rawStream, STREAMS } from './fixtures.ts';

function readAll(chunks: Iterable<Buffer>): { items: AmiItem[]; pending: number } {
  const reader = createPacketReader();
  const items: AmiItem[] = [];
  for (const chunk of chunks) items.push(...reader.push(chunk));
  return { items, pending: reader.pending() };
}

const read = (text: string | Buffer): AmiItem[] => readAll([Buffer.from(text)]).items;
const headersOf = (item: AmiItem | undefined): object => (item?.kind === 'packet' ? { ...item.headers } : { item });

function* pieces(bytes: Buffer, next: () => number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + next());
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** One line per item; cheap to compare for thousands of them. */
const summary = (items: readonly AmiItem[]): string[] =>
  items.map((item) =>
    item.kind === 'greeting'
      ? item.version
      : `${item.kind === 'packet' ? JSON.stringify({ ...item.headers }) : item.reason} ${item.bytes.toString('base64')}`,
  );

describe.each(STREAMS)('the recorded stream of %s %s', (name, node, events) => {
  const raw = rawStream(name, node);

  it('is read whole: every packet, every line, and as many events as were counted', () => {
    const { items, pending } = readAll([raw]);
    const expected = splitAmiRecording(raw);
    expect(pending).toBe(0);
    expect(expected.filter(({ type }) => type !== AMI_RESPONSE)).toHaveLength(events);
    expect(items.map(headersOf)).toEqual(
      expected.map(({ bytes }) =>
        Object.fromEntries(
          bytes
            .toString()
            .trimEnd()
            .split('\r\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        ),
      ),
    );
  });

  it('gives the same packets wherever the network cuts it', () => {
    const whole = summary(readAll([raw]).items);
    const seed = Date.now() % 2 ** 31;
    const random = createRandom(seed);
    for (const most of [1, 7, 300, 70_000]) {
      const cut = readAll(pieces(raw, () => 1 + Math.floor(random() * most)));
      expect(summary(cut.items), `seed ${seed}, pieces of up to ${most} bytes`).toEqual(whole);
    }
  });
});

it('gives the same items when it is cut in two at any byte', () => {
  const start = rawStream('31-asterisk-channel-uuid').subarray(0, 4000);
  const odd =
    'Event: A\nKey: 1\nKey: 2\n\n\n\r\nno header here\r\n\r\n' +
    'Response: Follows\r\nPrivilege: Command\r\na: b\r\n\r\nlast--END COMMAND--\r\n\r\n' +
    'Event: B\r\nValue: one\r\ntwo\r\n\r\n';
  const bytes = Buffer.concat([Buffer.from('Asterisk Call Manager/5.0.2\r\n'), start, Buffer.from(`\r\n\r\n${odd}`)]);
  const whole = summary(readAll([bytes]).items);
  expect(whole.length).toBeGreaterThan(12);
  for (let at = 0; at <= bytes.length; at++) {
    const { items } = readAll([bytes.subarray(0, at), bytes.subarray(at)]);
    if (summary(items).join('\n') !== whole.join('\n')) expect.fail(`another result when cut at byte ${at}`);
  }
});

describe('createPacketReader', () => {
  it.each([
    ['Asterisk Call Manager/1.1\r\n', '1.1'],
    ['Asterisk Call Manager/13.0.0\n', '13.0.0'],
    ['Asterisk Call Manager Proxy/1.0\r\n', '1.0'],
  ])('takes %j for the greeting', (text, version) => expect(read(text)).toEqual([{ kind: 'greeting', version }]));

  it('says that something else greets', () => {
    const bytes = Buffer.from('SSH-2.0-OpenSSH_9.2p1');
    expect(read('SSH-2.0-OpenSSH_9.2p1\r\n')).toEqual([{ kind: 'unreadable', reason: 'no_greeting', bytes }]);
  });

  it('takes lines that end with LF as well as with CRLF', () => {
    expect(headersOf(read('Event: A\nChannel: x\n\n')[0])).toEqual({ Event: 'A', Channel: 'x' });
    expect(headersOf(read('Event: A\r\nChannel: x\n\r\n')[0])).toEqual({ Event: 'A', Channel: 'x' });
  });

  it('keeps every value of a key that occurs again', () => {
    const text = 'Event: A\r\nChanVariable: a=1\r\nChanVariable: b=2\r\nChanVariable: c=3\r\n\r\n';
    expect(headersOf(read(text)[0])).toEqual({ Event: 'A', ChanVariable: ['a=1', 'b=2', 'c=3'] });
  });

  it('keeps values as they are: empty, with colons, with outer spaces, with a line break', () => {
    const text = 'Event: A\r\nA: \r\nB:\r\nC: sip:a@b: c\r\nD:  x \r\nE: one\r\nand two: 2\r\n\r\n';
    const values = { A: '', B: '', C: 'sip:a@b: c', D: ' x ', E: 'one\nand two: 2' };
    expect(headersOf(read(text)[0])).toEqual({ Event: 'A', ...values });
  });

  it('takes a line break into the last value of a key that occurs again', () => {
    expect(headersOf(read('Event: A\r\nV: 1\r\nV: 2\r\nmore\r\n\r\n')[0])).toEqual({ Event: 'A', V: ['1', '2\nmore'] });
  });

  it('reads the reply to a command of old and of new Asterisk', () => {
    const old =
      'Response: Follows\r\nPrivilege: Command\r\nActionID: 7\r\nChannel: a\n\nEvent: no\n--END COMMAND--\r\n\r\n';
    const output = { Privilege: 'Command', ActionID: '7' };
    const [first, second] = read(`${old}Event: A\r\n\r\n`);
    expect(headersOf(first)).toEqual({ Response: 'Follows', ...output, Output: ['Channel: a', '', 'Event: no'] });
    expect(headersOf(second)).toEqual({ Event: 'A' });
    expect(headersOf(read('Response: Success\r\nOutput: a\r\nOutput: b\r\n\r\n')[0])).toEqual({
      Response: 'Success',
      Output: ['a', 'b'],
    });
  });

  it('is not led astray by hostile names and bytes', () => {
    const bytes = Buffer.concat([
      Buffer.from('Event: A\r\n__proto__: x\r\nconstructor: y\r\nNul: a\0b\r\nBad: '),
      Buffer.from([0xff, 0xfe, 0x41]),
      Buffer.from('\r\n\r\n'),
    ]);
    const [item] = read(bytes);
    if (item?.kind !== 'packet') return expect.fail('no packet');
    expect(Object.getPrototypeOf(item.headers)).toBeNull();
    expect(Object.entries(item.headers)).toEqual([
      ['Event', 'A'],
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['Nul', 'a\0b'],
      ['Bad', '\ufffd\ufffdA'],
    ]);
    expect(item.bytes.equals(bytes.subarray(0, -2))).toBe(true);
  });

  it('says that lines without a key are no packet', () => {
    expect(read('Event: A\r\n\r\nhello\r\nworld\r\n\r\nEvent: B\r\n\r\n')).toMatchObject([
      { kind: 'packet' },
      { kind: 'unreadable', reason: 'no_header', bytes: Buffer.from('hello\r\nworld\r\n') },
      { kind: 'packet' },
    ]);
  });

  it('drops a line that is too long with its packet, and reads on after it', () => {
    const long = `Event: A\r\nValue: ${'x'.repeat(MAX_LINE_BYTES)}\r\nMore: 1\r\n\r\nEvent: B\r\n\r\n`;
    for (const size of [long.length, 1000, 3]) {
      const { items, pending } = readAll(pieces(Buffer.from(long), () => size));
      expect(items.map(({ kind }) => kind)).toEqual(['unreadable', 'packet']);
      expect(items[0]).toMatchObject({ reason: 'line_too_long' });
      expect(items[0]?.kind === 'unreadable' && items[0].bytes.length).toBe(4096);
      expect(headersOf(items[1])).toEqual({ Event: 'B' });
      expect(pending).toBe(0);
    }
  });

  it('drops a packet that never ends, keeping no more than two bytes of it', () => {
    const reader = createPacketReader();
    const line = Buffer.from(`Value: ${'x'.repeat(1000)}\r\n`);
    const items: AmiItem[] = [];
    for (let sent = 0; sent < 3 * MAX_PACKET_BYTES; sent += line.length) items.push(...reader.push(line));
    expect(items).toMatchObject([{ kind: 'unreadable', reason: 'packet_too_long' }]);
    expect(reader.pending()).toBeLessThanOrEqual(2);
    expect(reader.push(Buffer.from('\r\nEvent: B\r\n\r\n')).map(headersOf)).toEqual([{ Event: 'B' }]);
  });

  it('survives any bytes, and reads on after the next empty line', () => {
    const seed = Date.now() % 2 ** 31;
    const random = createRandom(seed);
    const raw = rawStream('31-asterisk-channel-uuid').subarray(0, 20_000);
    const untilMs = performance.now() + 1500;
    while (performance.now() < untilMs) {
      const bytes = Buffer.from(raw);
      for (let i = 0; i < 200; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const reader = createPacketReader();
      for (const piece of pieces(bytes, () => 1 + Math.floor(random() * 3000))) reader.push(piece);
      const after = reader.push(Buffer.from('\n\n--END COMMAND--\n\nEvent: After\r\n\r\n')).at(-1);
      expect(headersOf(after), `seed ${seed}`).toEqual({ Event: 'After' });
    }
  });
});
