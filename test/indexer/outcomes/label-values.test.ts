import { describe, expect, it } from 'vitest';
import { createLabelValues } from '../../../indexer/outcomes/label-values.ts';

describe('the values of a label', () => {
  it('are the first ones that come, and a known one stays itself when there is no room any more', () => {
    const values = createLabelValues(2);
    expect(['a', 'b', 'c', 'a', 'd', 'b'].map((value) => values.of(value))).toEqual([
      'a',
      'b',
      'other',
      'a',
      'other',
      'b',
    ]);
    expect(values.takeFolded()).toBe(2);
    expect(values.of('c')).toBe('other');
    expect(values.takeFolded()).toBe(1);
  });

  it('leave half of the room to those that have a name', () => {
    const values = createLabelValues(4);
    const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((value) => values.of(value, false));
    expect(addresses).toEqual(['192.0.2.1', '192.0.2.2', 'other']);
    expect(['carrier-a', 'carrier-b', 'carrier-c'].map((value) => values.of(value))).toEqual([
      'carrier-a',
      'carrier-b',
      'other',
    ]);
  });

  it('are clean and short, whatever a message says', () => {
    const values = createLabelValues(10);
    expect(values.of('a\r\nb\u0000c\u2028d\u202ee')).toBe('a b c d e');
    expect(values.of('   ')).toBe('unknown');
    expect(values.of('😀'.repeat(5000))).toBe('😀'.repeat(100));
    expect(values.of(`${'x'.repeat(99)}😀😀`)).toBe(`${'x'.repeat(99)}😀`);
  });
});
