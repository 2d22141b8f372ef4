// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources of a page stand here as strings
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { en } from '../../web/texts/en.ts';
import type { Texts } from '../../web/texts/language.ts';
import { looseWords } from './loose-words.ts';

const CLEAN = `import { a } from './so it is.ts';
const view = html\`<p class="few words" @click=\${go}><kbd>Page Down</kbd> \${words.found(1)}</p>\`;
document.querySelector('main input');
const line = '<param name="listen ip" value="any one"/>';
if (event.key === 'Escape') throw new Error('it stands in the wrong place');`;

const ROOT = new URL('../../', import.meta.url);

describe('words that the page says by itself are found', () => {
  test.each([
    ['in the text of a template', 'html`<p>Lost <b>${count}</b></p>`', ['Lost']],
    ['in an attribute that is spoken', 'html`<p title="All of it" class="all of it"></p>`', ['title: All of it']],
    [
      'in what an expression comes to',
      "html`<p>${count} ${count === 1 ? 'row' : `rows of ${of}`}</p>`",
      ['row', 'rows of …'],
    ],
    [
      'in an attribute by an expression',
      "html`<p aria-label=${a ?? 'unknown'} class=${b ?? 'unknown'}></p>`",
      ['unknown'],
    ],
    ['in a template in a template', 'html`<p>${all.map((one) => html`<i>${one} left</i>`)}</p>`', ['… left']],
    ['in a sentence anywhere', 'const say = () => `Leg ${letter}: ${what} ends here`;', ['Leg …: … ends here']],
    ['not in values, keys, selectors, code and errors', CLEAN, []],
  ])('%s', (_where, source, words) => {
    expect(looseWords(source).map((one) => one.words)).toEqual(words);
  });

  test('with the line on which they stand', () => {
    expect(looseWords("const a = 1;\n\nsay('so it is');")).toEqual([{ line: 3, words: 'so it is' }]);
  });
});

test.each([
  ['the page', 'web/texts', 'web/', 50, /^(?:texts|dist)\/|\.config\.ts$/],
  ['the ladder', 'core/ladder/*words.ts', 'core/ladder/', 10, /words\.ts$/],
])('the words of %s stand in %s alone', (_what, _where, folder, least, own) => {
  const root = new URL(folder, ROOT);
  const sources = globSync('**/*.ts', { cwd: root }).filter((path) => !own.test(path));
  expect(sources.length).toBeGreaterThan(least);
  const loose = sources.flatMap((path) =>
    looseWords(readFileSync(new URL(path, root), 'utf8')).map(({ line, words }) => `${folder}${path}:${line} ${words}`),
  );
  expect(loose).toEqual([]);
});

test('another language has every sentence, with all that it tells: the compiler says what is missing', () => {
  const { title, ...untitled } = en.ledger;
  const other = { ...en, ledger: { ...untitled, title: '账本' } } satisfies Texts;
  // @ts-expect-error: the title of a page is missing
  const lacking: Texts['ledger'] = untitled;
  // @ts-expect-error: the sentence tells what nobody gives it
  const asking: Texts['ledger']['addsUpLost'] = (count: string, of: string) => `${count} ${of}`;
  expect([other.ledger.title, lacking.title, asking('1')]).toEqual(['账本', undefined, '1 undefined']);
  expect(title).toBe('Ledger');
});
