/** One row as the store answers it, by column. */
export type Cells = Readonly<Record<string, string | number>>;

export const textOf = (row: Cells, column: string): string => String(row[column] ?? '');
export const numberOf = (row: Cells, column: string): number => Number(row[column] ?? 0);
