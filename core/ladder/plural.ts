const cardinal = new Intl.PluralRules('en');

/** The form of a word for so many: "call" or "calls". */
export const plural = (count: number, one: string, other: string): string =>
  cardinal.select(count) === 'one' ? one : other;
