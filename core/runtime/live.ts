/** An object whose members follow the configuration. Whoever holds it sees the new ones, unless he has taken it apart. */
export interface Live<T extends object> {
  readonly current: T;
  become(next: T): void;
}

export function createLive<T extends object>(first: T): Live<T> {
  const current = { ...first };
  return {
    current,
    become(next) {
      for (const key of Object.keys(current)) if (!Object.hasOwn(next, key)) Reflect.deleteProperty(current, key);
      Object.assign(current, next);
    },
  };
}
