import type { Tokens } from './tokens.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** What hiding needs, of one answer. */
export interface Hidden {
  readonly tokens: Tokens;
  /** The numbers and names that are known of what is shown. */
  readonly vocabulary: Vocabulary;
  /** Whether those of the call are in it: a log line is not shown before. */
  learnt: boolean;
}

export const createHidden = (tokens: Tokens): Hidden => ({
  tokens,
  vocabulary: createVocabulary(tokens),
  learnt: false,
});
