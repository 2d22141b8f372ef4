import { describe, expect, it } from 'vitest';
import { digitsOf, numberForms, reversed } from '../../../core/model/number.ts';

describe('digitsOf', () => {
  it.each([
    ['+1 (415) 555-0101', '14155550101'],
    ['%2B14155550101', '14155550101'],
    ['0014155550101', '0014155550101'],
    ['021.8888.9999', '02188889999'],
    ['*8903', '8903'],
    ['1001', '1001'],
  ])('reads %s as %s', (written, digits) => {
    expect(digitsOf(written)).toBe(digits);
  });

  it.each(['alice', '1001a', 'my-crm-call-0806', '10.1.2.3.example', '', '7', '+', 'ff:ee'])(
    'takes %s for no number',
    (written) => {
      expect(digitsOf(written)).toBe('');
    },
  );
});

describe('numberForms', () => {
  it('finds a number however it was stored, typed with plus, with 00 or with spaces', () => {
    for (const typed of ['+14155550101', '0014155550101', '+1 415 555 0101', '%2B1 415-555-0101']) {
      const forms = numberForms(typed);
      expect('14155550101'.endsWith(forms?.ends ?? 'none')).toBe(true);
      expect(forms?.equals).toContain('4155550101');
      expect(forms?.equals).toContain('04155550101');
    }
  });

  it('finds the international form of a number typed with its trunk zero', () => {
    expect('982188889999'.endsWith(numberForms('02188889999')?.ends ?? 'none')).toBe(true);
  });

  it('takes no country code off a number that was not typed as an international one', () => {
    expect(numberForms('14155550101')?.equals).toEqual(['14155550101']);
  });

  it('keeps short numbers whole', () => {
    expect(numberForms('1001')).toEqual({ ends: '1001', equals: ['1001'] });
    expect(numberForms('007')?.equals).toContain('007');
  });

  it('has no form for a name', () => {
    expect(numberForms('Alice Cooper')).toBeUndefined();
  });
});

it('reversed turns the end of a number into a beginning', () => {
  expect(reversed('0101')).toBe('1010');
});
