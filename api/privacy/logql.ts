import { RE2JS, RE2JSException } from 're2js';
import { TOKEN, type Tokens } from '../../core/privacy/tokens.ts';
import type { Sight } from '../../core/runtime/sight.ts';
import { refused } from '../loki/refusal.ts';
import { alternatives } from '../loki/scope.ts';
import type { LabelChoice, LabelCondition, LineFilter, LogQuery, Matcher, Stage } from '../loki/syntax.ts';
import { restored } from './privacy.ts';

/** Labels that hold a number, a name or an identifier with one in it. */
const PERSONAL: ReadonlySet<string> = new Set([
  ...['from_user', 'to_user', 'number', 'search', 'call_id', 'callid', 'leg', 'channel'],
]);

/** A query as the store is asked it, and what its lines must satisfy as they are shown. */
export interface AskedLog {
  readonly query: LogQuery;
  /** Undefined where the store has looked at everything. */
  readonly isWanted?: (shown: string) => boolean;
}

/**
 * A query in which tokens are turned back. Of whoever numbers and names are hidden from patterns over labels that hold some are
 * refused, as a number could be found with them digit by digit; texts are looked for in the lines as he is shown them, which
 * tells nothing more.
 *
 * @param lines whether the lines are shown; what only counts them cannot look at them
 * @throws HttpProblem 400 for what is refused
 */
export function askedLog(query: LogQuery, { tokens, hidden }: Sight, lines: boolean): AskedLog {
  if (tokens === undefined) return { query };
  const back = (text: string): string => restored(text, tokens, hidden);
  const matcher = (one: Matcher): Matcher => {
    const isPattern = one.op === '=~' || one.op === '!~';
    if (!isPattern) return { ...one, value: back(one.value) };
    const names = alternatives(one.value);
    if (hidden !== undefined && names === undefined && PERSONAL.has(one.label)) {
      throw refused(
        `${one.label}${one.op}"…" is not for you, as numbers and names are hidden from you: write ${one.label}="…" with a whole number or its token, or several with | between them`,
      );
    }
    return {
      ...one,
      value:
        names?.some((name) => back(name) !== name) === true
          ? names.map((name) => escaped(back(name))).join('|')
          : one.value,
    };
  };
  const condition = (one: LabelCondition): LabelCondition =>
    one.kind === 'match'
      ? { kind: 'match', matcher: matcher(one.matcher) }
      : { kind: one.kind, left: condition(one.left), right: condition(one.right) };
  const choice = ({ label, value }: LabelChoice): LabelChoice =>
    value === undefined ? { label } : { label, value: back(value) };
  const stage = (one: Stage): Stage => {
    if (one.kind === 'label') return { kind: 'label', condition: condition(one.condition) };
    if (one.kind === 'line') return { ...one, texts: one.texts.map(back) };
    return { kind: one.kind, choices: one.choices.map(choice) };
  };
  const isOurs = (one: Stage): one is LineFilter =>
    hidden !== undefined && one.kind === 'line' && !isOfTokens(one, tokens);
  const ours = query.stages.filter(isOurs);
  if (ours.length > 0 && !lines) {
    throw refused(
      'lines are not counted by their text for you, as numbers and names are hidden from you: leave the filter out, or let it be a whole token',
    );
  }
  const asked = {
    ...query,
    matchers: query.matchers.map(matcher),
    stages: query.stages.filter((one) => !isOurs(one)).map(stage),
  };
  if (ours.length === 0) return { query: asked };
  const tests = ours.map(testOf);
  return { query: asked, isWanted: (shown) => tests.every((test) => test(shown)) };
}

const WHOLE = new RegExp(`^${TOKEN.source}$`);

/** Each text is a token, which stands for something that nobody who asks so has to guess. */
const isOfTokens = ({ op, texts }: LineFilter, tokens: Tokens): boolean =>
  (op === '|=' || op === '!=') && texts.every((text) => WHOLE.test(text) && tokens.read(text) !== undefined);

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function testOf({ op, texts }: LineFilter): (shown: string) => boolean {
  const isPattern = op === '|~' || op === '!~';
  const tests = texts.map((text): ((shown: string) => boolean) => {
    if (!isPattern) return (shown) => shown.includes(text);
    const pattern = patternOf(text);
    return (shown) => pattern.matcher(shown).find();
  });
  const isPositive = op === '|=' || op === '|~';
  return (shown) => tests.some((test) => test(shown)) === isPositive;
}

/** RE2, as the engine has it. */
function patternOf(text: string): RE2JS {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    if (error instanceof RE2JSException) throw refused(`parse error : error parsing regexp: ${error.message}`);
    throw error;
  }
}
