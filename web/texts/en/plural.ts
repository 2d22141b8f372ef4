export { plural } from '../../../core/ladder/plural.ts';

const ordinal = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };

/** "1st", "22nd" */
export const nth = (place: number): string => `${place}${ENDINGS[ordinal.select(place)] ?? 'th'}`;
