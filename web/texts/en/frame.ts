/** What stands around every page: above it, below it, and in the title of the window. */
export const frame = {
  product: 'Calltrail',
  title: (page: string): string => (page === '' ? 'Calltrail' : `${page} – Calltrail`),
  skipToContent: 'Skip to the content',
  noSuchPage: 'There is no such page',
  toNewestCalls: 'To the newest calls',

  searchCalls: 'Search calls',
  lookBack: 'Look back',
  search: 'Search',
  whatToType: 'Number, name, Call-ID, channel UUID or IP address',
  whatCanBeTyped: 'A number in any form, a name, a Call-ID, a channel UUID or an IP address.',
  /** Each behind its key. */
  slashComesHere: 'comes here,',
  enterSearches: 'searches,',
  downGoesToList: 'goes to the list.',
  spans: {
    '': 'any time',
    '15m': 'last 15 minutes',
    '1h': 'last hour',
    '1d': 'last 24 hours',
    '7d': 'last 7 days',
    own: 'from … until …',
  },

  zoneOfAllTimes: 'Time zone of all times',
  utc: 'UTC',
  zoneOfBrowser: (zone: string): string => `${zone} (browser)`,
  timesIn: (zone: string): string => `Times in ${zone}`,
  keys: 'Keys',

  stateOfSources: 'State of the sources',
  store: 'store',
  whereCallsAreKept: 'Where calls are kept',
  states: { up: 'up', connecting: 'connecting', down: 'down', none: 'none' },
  ledger: 'Ledger',
  doctor: 'Doctor',
  clocks: 'Clocks',
  version: (version: string): string => `Calltrail ${version}`,
};
