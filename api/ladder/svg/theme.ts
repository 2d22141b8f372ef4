/** Colours of a picture. Every text colour has a contrast of at least 4.5 on the grounds that it stands on. */
export interface Palette {
  readonly ground: string;
  readonly panel: string;
  readonly text: string;
  readonly muted: string;
  readonly rule: string;
  readonly lane: string;
  readonly good: string;
  readonly bad: string;
  readonly badGround: string;
  readonly warn: string;
  readonly warnGround: string;
  /** The colours of legs; none needs red and green told apart, and each leg has a letter as well. */
  readonly threads: readonly string[];
  readonly badgeText: string;
}

const LIGHT: Palette = {
  ground: '#ffffff',
  panel: '#f3f5f8',
  text: '#1a1f26',
  muted: '#59636f',
  rule: '#dde2e8',
  lane: '#c3ccd6',
  good: '#1a6f3c',
  bad: '#b3261e',
  badGround: '#fdecea',
  warn: '#7a5200',
  warnGround: '#fff6dd',
  threads: ['#1f5fbf', '#a6450c', '#1a7547', '#8b2fa8', '#8a5a00', '#0b7285', '#b0235f', '#4d5b6b'],
  badgeText: '#ffffff',
};

const DARK: Palette = {
  ground: '#181b1f',
  panel: '#22262c',
  text: '#e3e7ec',
  muted: '#9aa5b2',
  rule: '#2f363f',
  lane: '#424c58',
  good: '#6fcf97',
  bad: '#ff8a80',
  badGround: '#3a2021',
  warn: '#f0c674',
  warnGround: '#302a18',
  threads: ['#7fb0f5', '#f2a06b', '#72cf9a', '#d49be8', '#e2bd62', '#62c9d8', '#f58fb6', '#aab6c4'],
  badgeText: '#14171c',
};

export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = { light: LIGHT, dark: DARK };

export const THEMES = ['light', 'dark', 'auto'] as const;
export type Theme = (typeof THEMES)[number];

const FONT =
  "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',sans-serif;font-size:12px";

/** The style sheet of a picture. "auto" is what the reader's browser prefers around the picture. */
export function styleSheet(theme: Theme): string {
  if (theme === 'light') return `${SHAPES}${coloursOf(LIGHT)}`;
  if (theme === 'dark') return `${SHAPES}${coloursOf(DARK)}`;
  return `${SHAPES}${coloursOf(LIGHT)}@media (prefers-color-scheme:dark){${coloursOf(DARK)}}`;
}

const SHAPES = [
  `tspan{unicode-bidi:isolate}text{${FONT};white-space:pre;paint-order:stroke;stroke-width:4px;stroke-linejoin:round}`,
  '.b{font-weight:bold}.h{font-size:16px;font-weight:bold}.s{font-size:11px}.p{stroke:none}',
  '.num{font-variant-numeric:tabular-nums}.line{stroke-width:1.5px;fill:none}.strong{stroke-width:2.5px}',
  '.lane{stroke-width:1px}.idle{stroke-dasharray:2 4}.fold{stroke-dasharray:6 4;stroke-width:1px;fill:none}',
].join('');

function coloursOf(palette: Palette): string {
  const { ground, panel, text, muted, rule, lane, good, bad, badGround, warn, warnGround, threads, badgeText } =
    palette;
  return [
    `text{fill:${text};stroke:${ground}}.ground{fill:${ground}}.head{fill:${panel};stroke:${rule}}`,
    `.m{fill:${muted}}.good{fill:${good}}.bad{fill:${bad}}.warn{fill:${warn}}.lane{stroke:${lane}}.fold{stroke:${muted}}`,
    `.refusal{fill:${badGround}}.edge{fill:${bad}}.on-refusal{stroke:${badGround}}`,
    `.notice{fill:${warnGround}}.on-notice{stroke:${warnGround}}.p{stroke:none}.badge{fill:${badgeText};stroke:none}`,
    `.t{stroke:${muted}}.f{fill:${muted}}`,
    ...threads.map((colour, i) => `.t${i}{stroke:${colour}}.f${i}{fill:${colour}}`),
  ].join('');
}
