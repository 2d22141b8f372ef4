import { createTokens, type Tokens } from './tokens.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** What hiding needs: the tokens, and the numbers and names that are known of what is shown. */
export interface Hidden {
  readonly tokens: Tokens;
  readonly vocabulary: Vocabulary;
}

export const createHidden = (tokens: Tokens): Hidden => ({ tokens, vocabulary: createVocabulary(tokens) });

export { createTokens };
