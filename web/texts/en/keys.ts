/** The overlay of keys; docs/page.md says the same. */
export const keys = {
  title: 'Keys',
  close: 'Close',
  lettersAreKeys: 'Letters and signs are keys, here and on the list',
  everywhere: {
    title: 'Everywhere',
    search: 'go to the search box',
    stop: 'stop what is being waited for; close what is open',
    show: 'show these keys',
  },
  list: {
    title: 'List of calls',
    move: 'next and previous call; from the search box into the list and back',
    ends: 'first and last call',
    open: 'open the call',
    live: 'follow what happens, or stop following',
    held: 'show new calls that were held back',
    older: 'show older calls',
  },
  ladder: {
    title: 'Ladder of a call',
    move: 'move; with a step open leaf through the steps',
    open: 'open the step, unfold a run, go from a turn to its step',
    unfold: 'unfold and fold',
    firstFailure: 'first failure',
    failures: 'next and previous failure',
    silences: 'next and previous pause or gap',
    turns: 'next and previous turn of the call',
    close: 'close the step',
  },
  names: { arrows: '↓ ↑ or j k', ends: 'Home End', moves: '↓ ↑ or j k, PageUp PageDown, Home End' },
};
