/** Items by key, groups in the order of their first item. Node 20 has no `Map.groupBy`. */
export declare function groupBy<T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]>;
