const cardinal = new Intl.PluralRules('en');
const ordinal = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };

/** The form for so many: "call" or "calls". */
export const plural = (count: number, one: string, other: string): string =>
  cardinal.select(count) === 'one' ? one : other;

/** "1st", "22nd" */
export const nth = (place: number): string => `${place}${ENDINGS[ordinal.select(place)] ?? 'th'}`;
