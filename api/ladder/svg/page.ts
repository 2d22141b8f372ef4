import { styleSheet, type Theme } from './theme.ts';
import { type Child, el, text } from './xml.ts';

export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  /** What it is, in a few words, and in some more for those who do not see it. */
  readonly title: string;
  readonly description: string;
  /** It holds links: to a screen reader it is no picture then, but a group of them. */
  readonly linked?: boolean;
}

/** Characters; names in messages may be of any length. */
const [MOST_TITLE, MOST_DESCRIPTION] = [500, 2000];

/**
 * A whole SVG document on an opaque ground. It holds no script and names nothing outside of itself, so it can be shown
 * in an `<img>` anywhere.
 */
export function svgDocument(
  { width, height, theme, title, description, linked = false }: Sheet,
  ...children: readonly Child[]
): string {
  return el(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${Math.ceil(height)}`,
      role: linked ? 'group' : 'img',
      'aria-labelledby': 'title description',
    },
    el('title', { id: 'title' }, text(title.slice(0, MOST_TITLE))),
    el('desc', { id: 'description' }, text(description.slice(0, MOST_DESCRIPTION))),
    // The one place where text is not escaped: it is all ours.
    el('style', {}, { xml: styleSheet(theme) }),
    el('rect', { class: 'ground', width, height }),
    ...children,
  ).xml;
}
