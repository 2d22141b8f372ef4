import { en } from './en.ts';

/**
 * All that the page says by itself, by where it says it. Another language is an object that `satisfies Texts`: the compiler
 * names each sentence that it lacks.
 */
export type Texts = typeof en;

/** The language of the page, by its tag (BCP 47): of its texts, its plurals and its numbers. */
export const LOCALE = 'en';

export const texts: Texts = en;
