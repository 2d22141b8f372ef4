/** Makes the answer to a question once, however often it is asked: many tests of a file ask the same. */
export function remembered<K, V>(make: (asked: K) => V): (asked: K) => V {
  const known = new Map<K, V>();
  return (asked) => {
    if (!known.has(asked)) known.set(asked, make(asked));
    return known.get(asked) as V;
  };
}
