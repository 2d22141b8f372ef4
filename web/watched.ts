import { createResource, type Resource } from './resource.ts';

/** What a page asks again and again while it is shown. */
export interface Watched<T> {
  readonly resource: Resource<T>;
  enter(): void;
  leave(): void;
}

/** @param everyMs from one answer to the next question */
export function createWatched<T>(path: string, everyMs: number, changed: () => void): Watched<T> {
  const resource = createResource<T>(changed);
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts visits: a question of an earlier one is not asked again. */
  let visit = 0;

  const look = async (mine: number): Promise<void> => {
    await resource.load(path);
    if (mine === visit) timer = setTimeout(() => void look(mine), everyMs);
  };
  const leave = (): void => {
    visit += 1;
    clearTimeout(timer);
    resource.clear();
  };

  return {
    resource,
    enter() {
      visit += 1;
      clearTimeout(timer);
      void look(visit);
    },
    leave,
  };
}
