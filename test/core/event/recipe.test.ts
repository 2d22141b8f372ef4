import { describe, expect, it } from 'vitest';
import { scanEntries } from '../../../core/event/entries.ts';
import { RecipeWriter, restoreHeaders } from '../../../core/event/recipe.ts';
import { createRandom } from '../../generate/random.ts';

const EVENT = '{"Event-Name":"X","a":"1","l":["p","q\\n"],"none":[],"é\\u0001":"\\"x\\\\","a":"2"}';
const bytes = (text: string): Buffer => Buffer.from(text);
const restore = (base: string, recipe: string, text: string): string | undefined =>
  restoreHeaders(bytes(base), recipe, bytes(text))?.toString();

describe('scanEntries', () => {
  it('finds every entry, names that are there twice too', () => {
    expect(scanEntries(bytes(EVENT))?.count).toBe(6);
    expect(scanEntries(bytes('{}'))?.count).toBe(0);
  });

  it('takes nothing that JSON does not allow, whatever byte is changed, cut or put in', () => {
    const random = createRandom(3);
    let taken = 0;
    for (let i = 0; i < 20_000; i++) {
      const changed = Buffer.from(EVENT);
      changed[random.int(0, changed.length - 1)] = random.int(0, 127);
      const cut = random.chance(0.3) ? changed.subarray(0, random.int(0, changed.length)) : changed;
      if (scanEntries(cut) === undefined) continue;
      taken++;
      const values = Object.values(JSON.parse(cut.toString()) as Record<string, unknown>);
      expect(values.flat().every((value) => typeof value === 'string')).toBe(true);
    }
    expect(taken).toBeGreaterThan(1000);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"a":1}',
    '{"a":"1",}',
    '{"a" :"1"}',
    '{"a":"1"} ',
    '{"a":{}}',
    '{"a":["1",]}',
    '{"a":"\t"}',
  ])('does not take %j, which a FreeSWITCH does not write', (text) => {
    expect(scanEntries(bytes(text))).toBeUndefined();
  });
});

describe('restoreHeaders', () => {
  const base = '{"n":"A","a":"1","b":"2","c":"3"}';

  it('gives the very bytes, in their order', () => {
    expect(restore(base, '1,1-2,1', '{"n":"B","z":"9"}')).toBe('{"n":"B","a":"1","b":"2","z":"9"}');
    expect(restore(base, '3-3,0-0', '{}')).toBe('{"c":"3","n":"A"}');
    expect(restore(base, '2', '{"x":"1","y":["2"]}')).toBe('{"x":"1","y":["2"]}');
  });

  it.each([
    ['2', '{"x":"1"}'],
    ['1', '{"x":"1","y":"2"}'],
    ['1,4-4', '{"x":"1"}'],
    ['1,2-1', '{"x":"1"}'],
    ['1,x', '{"x":"1"}'],
    ['', '{"x":"1"}'],
    ['1', 'null'],
  ])('answers nothing for a recipe "%s" that does not belong to %s', (recipe, text) => {
    expect(restore(base, recipe, text)).toBeUndefined();
  });

  it('follows what a writer wrote', () => {
    const writer = new RecipeWriter();
    writer.addNew();
    for (const [first, last] of [
      [1, 2],
      [3, 3],
      [0, 0],
    ] as const)
      writer.addCopies(first, last);
    writer.addNew();
    writer.addNew();
    expect(writer.text()).toBe('1,1-3,0-0,2');
  });
});
