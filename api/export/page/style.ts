import { createHash } from 'node:crypto';
import { PALETTES, type Palette, styleSheet } from '../../ladder/svg/theme.ts';

/** The style sheet of an exported page: the colours are those of the picture. Nothing in it comes from a call. */

const SHAPES = `
body{margin:0 auto;max-width:72rem;padding:1rem;font:14px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem;margin:1.5rem 0 .4rem}p{margin:.3rem 0}
.leg{display:inline-block;min-width:1.5em;padding:0 .3em;border-radius:4px;font:700 .78rem/1.4rem monospace;text-align:center}
.quiet{font-size:.92em}.number{font-weight:600}.number,.name,.words,pre,code,td{unicode-bidi:isolate}
.facts{display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;margin:.3rem 0}.facts div{display:flex;gap:.4rem}.facts dd{margin:0}
table{border-collapse:collapse;width:100%;font-size:.92em}th,td{text-align:left;vertical-align:top;padding:.15rem .6rem .15rem 0}
pre{white-space:pre-wrap;font:.86rem/1.5 monospace;padding:.6rem;margin:.4rem 0;border-radius:6px;unicode-bidi:plaintext}
code{font-family:monospace}.verdict{border-left:4px solid;padding-left:.7rem;margin:.5rem 0}.normal{border-left-style:double}
summary{cursor:pointer}.ladder{overflow-x:auto}.ladder svg{max-width:none}
.story li{list-style:none;margin:.2rem 0}.story ol,.steps{padding:0;margin:0}.bar{display:block;border-left:1px solid;border-right:1px solid}
.ringing{stroke-dasharray:4 3}.hollow{fill:none}.held{fill-opacity:.3}
.steps>li{list-style:none;border-bottom:1px solid;padding:.1rem 0}.time{font-variant-numeric:tabular-nums;white-space:nowrap}
.inside{margin:.3rem 0 .6rem 1.2rem}:target{outline:3px solid;outline-offset:2px}
.filter{position:sticky;top:0;padding:.4rem 0;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem}
body:has(#show-messages:not(:checked)) .steps>.message,body:has(#show-events:not(:checked)) .steps>.event,
body:has(#show-chatty:not(:checked)) .steps>.chatty,body:has(#show-logs:not(:checked)) .steps>.log{display:none}
@media print{.filter{display:none}}
`.replace(/\n/g, '');

const coloursOf = ({ ground, panel, text, muted, rule, good, bad, warnGround, threads, badgeText }: Palette): string =>
  [
    `body,.filter{background:${ground};color:${text}}.quiet,dt,summary .detail{color:${muted}}a{color:${threads[0]}}`,
    `pre{background:${panel}}.steps>li,.bar{border-color:${rule}}.noted{background:${warnGround}}`,
    `.verdict{border-left-color:${bad}}.normal{border-left-color:${good}}.refused{color:${bad};font-weight:600}`,
    ...threads.map(
      (colour, i) =>
        `.leg-${i}{background:${colour};color:${badgeText}}.bar-${i}{stroke:${colour};fill:${colour}}.bar-${i}.hollow{fill:none}`,
    ),
  ].join('');

/** Light or dark, as the reader's browser prefers. */
export const PAGE_STYLE = `${SHAPES}${coloursOf(PALETTES.light)}@media (prefers-color-scheme:dark){${coloursOf(PALETTES.dark)}}`;

const hashOf = (style: string): string => `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/**
 * The policy of the page, in the page itself, so that it holds on a disk as well: nothing runs, nothing is loaded from
 * anywhere, nothing is sent, and no style but these two is applied (https://www.w3.org/TR/CSP3/).
 */
export const POLICY = `default-src 'none'; style-src ${hashOf(PAGE_STYLE)} ${hashOf(styleSheet('auto'))}; base-uri 'none'; form-action 'none'`;
