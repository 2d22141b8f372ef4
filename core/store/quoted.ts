/** A text as a literal of ClickHouse's SQL, for statements that take no parameters. */
export const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** A list of literals for IN; '' alone, which is nobody's name, for an empty one. */
export const quotedList = (texts: readonly string[]): string =>
  texts.length === 0 ? "''" : texts.map(quoted).join(', ');
