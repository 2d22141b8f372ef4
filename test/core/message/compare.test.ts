import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ComparedStep, compareSteps } from '../../../core/message/compare.ts';
import { compareWords, type Difference } from '../../../core/message/difference.ts';

const message = (...lines: string[]): ComparedStep => ({ raw: lines.join('\r\n'), headers: {} });
const SDP = ['v=0', 'o=a 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 4000 RTP/AVP 8 0'];

/** "Via ~ SIP/2.0/UDP [-192.0.2.1-]{+192.0.2.2+}" a difference. */
const written = ({ name, kind, pieces }: Difference): string =>
  `${name} ${{ same: '=', changed: '~', gone: '-', new: '+' }[kind]} ${pieces
    .map((piece) =>
      piece.kind === 'same' ? piece.text : piece.kind === 'gone' ? `[-${piece.text}-]` : `{+${piece.text}+}`,
    )
    .join('')}`.trim();

const told = (before: ComparedStep, after: ComparedStep, same = false): string[] =>
  compareSteps(before, after)
    .flatMap(({ differences }) => differences)
    .filter(({ kind }) => same || kind !== 'same')
    .map(written);

describe('two messages', () => {
  it('that say the same in another order, form and folding have no difference', () => {
    const one = message(
      'INVITE sip:1@b SIP/2.0',
      'Via: SIP/2.0/UDP a;branch=1',
      'Call-ID: x',
      'Allow: INVITE, BYE',
      '',
      '',
    );
    const other = message(
      'INVITE sip:1@b SIP/2.0',
      'Allow: BYE,',
      '  INVITE',
      'i: x',
      'v:SIP/2.0/UDP a;branch=1',
      '',
      '',
    );
    expect(told(one, other)).toEqual([]);
    expect(told(one, other, true).length).toBeGreaterThan(3);
  });

  it('tell of a set together what came, and together what went', () => {
    const one = message('INVITE sip:1@b SIP/2.0', 'Allow: INVITE, BYE, INFO', '');
    const other = message(
      'INVITE sip:1@b SIP/2.0',
      'Allow: UPDATE, INVITE',
      'Allow: REFER',
      'Supported: 100rel, path',
      '',
    );
    expect(told(one, other)).toEqual(['Allow ~ [-BYE, INFO-]{+UPDATE, REFER+}', 'Supported + {+100rel, path+}']);
  });

  it('are compared header by header, and what changed in one word by word', () => {
    const one = message(
      'INVITE sip:1@b SIP/2.0',
      'Max-Forwards: 70',
      'From: "Anna" <sip:1@192.0.2.1>;tag=a',
      'X-Gone: x',
      '',
    );
    const other = message(
      'INVITE sip:2@c SIP/2.0',
      'From: "Anna" <sip:1@192.0.2.9>;tag=a',
      'Max-Forwards: 69',
      'X-New: y',
      '',
    );
    expect(told(one, other)).toEqual([
      '~ INVITE sip:[-1-]{+2+}@[-b-]{+c+} SIP/2.0',
      'Max-Forwards ~ [-70-]{+69+}',
      'From ~ "Anna" <sip:1@[-192.0.2.1-]{+192.0.2.9+}>;tag=a',
      'X-Gone - [-x-]',
      'X-New + {+y+}',
    ]);
  });

  it('tell a Via that was put on top as new, and the others as the same', () => {
    const one = message('BYE sip:1@b SIP/2.0', 'Via: SIP/2.0/UDP a;branch=1', '');
    const other = message('BYE sip:1@b SIP/2.0', 'Via: SIP/2.0/TCP p;branch=2, SIP/2.0/UDP a;branch=1', '');
    expect(told(one, other)).toEqual(['Via + {+SIP/2.0/TCP p;branch=2+}']);
  });

  it('are compared in their SDP line by line, each stream with the one at its place', () => {
    const head = ['INVITE sip:1@b SIP/2.0', 'Content-Type: application/sdp', ''];
    const one = message(...head, ...SDP, 'a=rtpmap:8 PCMA/8000', 'a=ptime:20', 'm=video 5000 RTP/AVP 31', '');
    const other = message(...head, ...SDP.with(5, 'm=audio 9000 RTP/AVP 8'), 'a=ptime:20', 'm=video 0 RTP/AVP 31', '');
    const sections = compareSteps(one, other);
    expect(sections.map(({ title }) => title)).toEqual([
      ...['Start line', 'Headers', 'SDP of the session', 'SDP of media 1: audio', 'SDP of media 2: video'],
    ]);
    expect(told(one, other)).toEqual([
      'm= ~ m=audio [-4000-]{+9000+} RTP/AVP 8[- 0-]',
      'a=rtpmap 8 - [-a=rtpmap:8 PCMA/8000-]',
      'm= ~ m=video [-5000-]{+0+} RTP/AVP 31',
    ]);
  });

  it('find the SDP in a body of several parts', () => {
    const parts = (port: string, note: string): ComparedStep =>
      message(
        ...['INVITE sip:1@b SIP/2.0', 'Content-Type: multipart/mixed;boundary=x', '', '--x'],
        ...['Content-Type: application/sdp', '', ...SDP.with(5, `m=audio ${port} RTP/AVP 8`)],
        ...['--x', 'Content-Type: text/plain', '', note, '--x--', ''],
      );
    expect(told(parts('4000', 'a note'), parts('5000', 'a note'))).toEqual(['m= ~ m=audio [-4000-]{+5000+} RTP/AVP 8']);
    expect(told(parts('4000', 'one note'), parts('4000', 'another note'))).toEqual(['~ [-one-]{+another+} note']);
  });
});

describe('two events', () => {
  it('are compared by the names of their headers', () => {
    const event = (headers: ComparedStep['headers']): ComparedStep => ({ raw: '', headers });
    expect(
      told(
        event({ b: 'CS_INIT', a: 'same', list: ['1', '2'] }),
        event({ a: 'same', b: 'CS_EXECUTE', list: ['1', '3'] }),
      ),
    ).toEqual(['b ~ [-CS_INIT-]{+CS_EXECUTE+}', 'list ~ [-2-]{+3+}']);
  });
});

describe('a comparison of whatever texts', () => {
  it('holds both of them, each whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
        const pieces = compareWords(before, after);
        const without = (kind: string): string =>
          pieces.map((piece) => (piece.kind === kind ? '' : piece.text)).join('');
        expect([without('new'), without('gone')]).toEqual([before, after]);
      }),
    );
  });

  it('loses no line of any message, whatever is in it', () => {
    const line = fc.string({ maxLength: 30 });
    const body = fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\r\n'));
    fc.assert(
      fc.property(body, body, (a, b) => {
        const [one, other] = [message('OPTIONS sip:b SIP/2.0', a, '', b), message('OPTIONS sip:b SIP/2.0', b, '', a)];
        expect(Array.isArray(compareSteps(one, other))).toBe(true);
        expect(told(one, one)).toEqual([]);
      }),
    );
  });

  it('of long texts that have nothing in common ends, and shows one as replaced by the other', () => {
    const long = (word: string): string => Array.from({ length: 20_000 }, (_, i) => `${word}${i}`).join(' ');
    expect(compareWords(long('a'), long('b')).map(({ kind }) => kind)).toEqual(['gone', 'new']);
  });
});
