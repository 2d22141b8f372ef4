/**
 * Whether a value fits a column. A row is looked at before any of it is written: columns of different lengths would be
 * refused for ever, with all the rows beside it.
 */

/** 16 hex digits. */
export function isId(value: string): boolean {
  if (typeof value !== 'string' || value.length !== 16) return false;
  for (let i = 0; i < 16; i++) {
    const code = value.charCodeAt(i);
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false;
  }
  return true;
}

export const isTime = (value: number): boolean => Number.isSafeInteger(value);
export const isU64 = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
export const isU32 = (value: number): boolean => value >>> 0 === value;
export const isU8 = (value: number): boolean => (value & 0xff) === value;
export const isText = (value: string): boolean => typeof value === 'string';
