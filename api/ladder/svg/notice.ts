import { label } from './label.ts';
import { widthOf } from './measure.ts';
import { svgDocument } from './page.ts';
import type { Theme } from './theme.ts';
import { printable } from './xml.ts';

const [EDGE, LINE, MOST] = [16, 18, 12];

/** A sentence as a picture: an `<img>` shows nothing of an answer that is none. */
export function drawNotice(
  sentence: string,
  { width, theme }: { readonly width: number; readonly theme: Theme },
): string {
  const lines = wrap(printable(sentence), width - 2 * EDGE).slice(0, MOST);
  const height = 2 * EDGE + LINE * (lines.length + 1);
  const place = { x: EDGE, anchor: 'start', left: EDGE, right: width - EDGE, on: 'p' } as const;
  return svgDocument(
    { width, height, theme, title: 'No ladder', description: sentence },
    label([{ text: 'No ladder', bold: true }], { ...place, y: EDGE + 12 }),
    lines.map((line, i) => label([{ text: line }], { ...place, y: EDGE + 12 + LINE * (i + 1) })),
  );
}

/** Words in lines; a word that is wider than a line is broken. */
function wrap(sentence: string, width: number): string[] {
  const fits = (words: string): boolean => widthOf(words, { size: 12 }) <= width;
  const lines: string[] = [];
  let line = '';
  for (let word of sentence.split(' ')) {
    while (!fits(word)) {
      let end = 1;
      while (end < word.length && fits(word.slice(0, end + 1))) end += 1;
      if (line !== '') lines.push(line);
      line = '';
      lines.push(word.slice(0, end));
      word = word.slice(end);
    }
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}
