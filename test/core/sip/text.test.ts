import { describe, expect, it } from 'vitest';
import { decodeEscapes, decodeText, unfold, unquote } from '../../../core/sip/text.ts';

describe('decodeText', () => {
  it('reads UTF-8, else GBK, else marks what is bad', () => {
    expect(decodeText(Buffer.from('žluť'))).toBe('žluť');
    expect(decodeText(Buffer.from([0xc4, 0xe3, 0xba, 0xc3]))).toBe('你好');
    expect(decodeText(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\ufffdb');
  });

  it('leaves a replacement character that was really sent', () => {
    expect(decodeText(Buffer.from('a\ufffdb'))).toBe('a\ufffdb');
  });

  it('reads only the range', () => {
    expect(decodeText(Buffer.from('abcdef'), 2, 4)).toBe('cd');
  });
});

describe('decodeEscapes', () => {
  it('decodes what is an escape and leaves the rest', () => {
    expect(decodeEscapes('%2B98+1%20%')).toBe('+98+1 %');
    expect(decodeEscapes('%4')).toBe('%4');
    expect(decodeEscapes('%C4%E3')).toBe('你');
    expect(decodeEscapes('%00')).toBe('\0');
  });
});

describe('unfold and unquote', () => {
  it('make one line, and drop escapes', () => {
    expect(unfold('a\r\n  b\n\tc')).toBe('a b c');
    expect(unfold('a  b')).toBe('a  b');
    expect(unquote('a\\\\b\\"')).toBe('a\\b"');
  });
});
