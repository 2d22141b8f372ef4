import { describe, expect, it } from 'vitest';
import { runTruth } from './cli.ts';
import { isRight, textOf, totalOf } from './report.ts';
import type { Verdict } from './run.ts';
import { scoreOf } from './score.ts';

const RECORDINGS = `${import.meta.dirname}/../recordings`;

async function run(...argv: string[]) {
  let stderr = '';
  const output = {
    stdout: { write: () => {} },
    stderr: {
      write: (text: string) => {
        stderr += text;
      },
    },
  };
  const start = () => Promise.reject(new Error('was not to be started'));
  return { code: await runTruth(argv, { start }, output), stderr };
}

const verdict = (changes: Partial<Verdict> = {}): Verdict => ({
  recording: '01-basic',
  order: 'recorded',
  calls: 1,
  legs: 2,
  score: scoreOf(
    [{ label: 'a call', identifiers: ['a', 'b'] }],
    new Map([
      ['a', ['a', 'b']],
      ['b', ['a', 'b']],
    ]),
    new Set(),
  ),
  searches: 1,
  notSearched: [],
  lost: [],
  guessed: undefined,
  undelivered: 0,
  ...changes,
});

const many = Array.from({ length: 12 }, (_, i) => `id-${i}`);
const bad = scoreOf([{ label: 'a call', identifiers: many }], new Map([['id-0', many]]), new Set());

describe('npm run truth', () => {
  it.each([
    [['--order', 'random', 'x'], '--order must be recorded, shuffled, twice or all, not "random".'],
    [['--seed', 'x', 'x'], '--seed must be a whole number, not "x".'],
    [['--without', 'sip', 'x'], '--without must be hep, esl, ami, not "sip".'],
    [['--floor', '1'], "Unknown option '--floor'."],
    [[], 'Which recordings? Give their directories.'],
  ])('refuses %j with a sentence and code 2', async (argv, sentence) => {
    const { code, stderr } = await run(...argv);
    expect([code, stderr.split('\n')[0]]).toEqual([2, sentence]);
  });

  it('says that a directory is missing, or has nothing to compare with', async () => {
    expect(await run('/nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^\/nowhere cannot be read/),
    });
    const without = await run(`${RECORDINGS}/35b-opensips-lb-tcp`);
    expect(without).toMatchObject({ code: 2, stderr: expect.stringMatching(/has no truth\.json to compare with\n$/) });
  });

  it('goes on to the next directory when one is no recording, since a pattern names what lies beside them as well', async () => {
    const { stderr } = await run('/nowhere', `${RECORDINGS}/README.md`, `${RECORDINGS}/35b-opensips-lb-tcp`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(3);
  });
});

describe('the report', () => {
  it('has one line for what is right', () => {
    expect(textOf(verdict(), false).replace(/ +/g, ' ')).toBe(
      '01-basic recorded 1 calls, 2 legs pairs 2 expected, 2 found, 2 right precision 1.000 recall 1.000 search 1/1\n',
    );
    expect(isRight(verdict())).toBe(true);
  });

  it('names ten missing pairs, and all of them when asked to', () => {
    const lines = textOf(verdict({ score: bad }), false).split('\n');
    expect(lines.filter((line) => line.startsWith('    missing: id-'))).toHaveLength(10);
    expect(lines).toContain('    missing: 111 more, see --verbose');
    expect(textOf(verdict({ score: bad }), true).split('    missing: id-')).toHaveLength(122);
  });

  it('names the searches that do not find their call', () => {
    expect(textOf(verdict({ notSearched: ['1001'] }), false)).toContain(
      'search 0/1\n    search 1001 does not find its call',
    );
  });

  it('does not call right what was not read in full', () => {
    const lossy = verdict({ lost: ['3 of 330 HEP packets were sent and never read'] });
    expect(isRight(lossy)).toBe(false);
    expect(textOf(lossy, false)).toContain('    lost: 3 of 330 HEP packets were sent and never read\n');
  });

  it('does not round up to 1.000', () => {
    const almost = { ...bad, recall: 0.99996, precision: 0.9999 };
    expect(textOf(verdict({ score: almost }), false)).toContain('precision 0.999  recall 0.999');
  });

  it('adds everything up', () => {
    expect(totalOf([verdict(), verdict({ score: bad })])).toBe(
      'total  pairs 134 expected, 13 found, 13 right  precision 1.000  recall 0.097  search 2/2  1 of 2 not right\n',
    );
    expect(totalOf([verdict()])).toMatch(/ {2}all right\n$/);
  });
});
