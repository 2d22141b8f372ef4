/** Keys on the list of calls: the focus stands on the link of a line, which Enter opens. */

/** From a line (−1 for none), of so many, to a line; −1 for the search box above them. Pure. */
export function lineFor(key: string, at: number, count: number): number | undefined {
  if (count === 0) return undefined;
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return Math.min(at + 1, count - 1);
    case 'ArrowUp':
    case 'k':
      return at < 0 ? undefined : at - 1;
    case 'Home':
      return at < 0 ? undefined : 0;
    case 'End':
      return at < 0 ? undefined : count - 1;
    default:
      return undefined;
  }
}

const linksOf = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.calls .time a')];

/** Moves the focus; whether the key meant something. */
export function moveInList(key: string): boolean {
  const links = linksOf();
  const to = lineFor(key, links.indexOf(document.activeElement as HTMLElement), links.length);
  if (to === undefined) return false;
  const target = to < 0 ? document.querySelector<HTMLElement>('#q') : links[to];
  target?.focus();
  return true;
}

/** Whether somebody is busy with the list, so that no line may move: by pointer, by keyboard, or with a selection. */
export function isListHeld(): boolean {
  const list = document.querySelector('.calls');
  if (list === null) return false;
  const selection = getSelection();
  const isSelected = selection?.isCollapsed === false && list.contains(selection.anchorNode);
  return isSelected || list.contains(document.activeElement) || list.querySelector('tbody:hover') !== null;
}
