import { around, type Part } from '../around.ts';
import { nth, plural } from './plural.ts';

/** The list of calls, its filters, and what is said where nothing was found. */
export const search = {
  newestCalls: (time: string): string => `Newest calls${time}`,
  callsFound: (time: string): string => `Calls found${time}`,
  showOlder: 'Show older calls',

  /** Behind "Calls found" and its like; "" for any time. */
  of: {
    '': '',
    '15m': ' of the last 15 minutes',
    '1h': ' of the last hour',
    '1d': ' of the last 24 hours',
    '7d': ' of the last 7 days',
  },
  from: (time: string): string => ` from ${time}`,
  until: (time: string): string => ` until ${time}`,

  filters: 'Filters',
  outcomes: 'Outcomes',
  node: 'Node',
  trunk: 'Trunk',
  tenant: 'Tenant',
  anyName: 'any',
  fromTime: 'From',
  untilTime: 'Until',
  clearFilters: 'Clear filters',

  live: 'Live',
  askedAgain: (problem: string): string => `${problem} It is asked again.`,
  newCalls: (count: number): string => `${count} new ${plural(count, 'call', 'calls')}`,
  /** More came than one answer holds. */
  newCallsAndMore: (count: number): string => `${count} and more new ${plural(count, 'call', 'calls')}`,
  whyHeld: 'held while the pointer, the keyboard or a selection is on the list',

  began: 'Began',
  fromTo: 'From → to',
  foundAs: 'Found as',
  outcome: 'Outcome',
  statusAndCause: 'Status, cause',
  rang: 'Rang',
  talked: 'Talked',
  legs: 'Legs',
  nodesAndTrunk: 'Nodes, trunk',
  callAt: (time: string, parties: string): string => `${time}, ${parties}`,
  moreThanShown: 'More than what is shown',
  whatTrunkIs: 'Trunk: the far side of the first leg',

  /** A written form of a number: "caller as 0301234 in From, P-Asserted-Identity". */
  formAs: (who: string, written: Part) => around`${who} as ${written}`,
  formIn: (places: string): string => `in ${places}`,
  caller: 'caller',
  called: 'called',
  divertedBy: 'diverted by',
  transferredTo: 'transferred to',
  seenAt: 'seen at',
  found: 'found',
  /** Names of headers of SIP stand for themselves; these are fields of a channel. */
  channel: 'channel',
  ani: 'ANI',
  callerName: 'caller name',
  callee: 'callee',
  hop: 'hop',
  firstOf: (place: number, total: number): string => `${nth(place)} of ${total} tries`,
  tryWithin: (place: number, span: string): string => `${nth(place)} try within ${span}`,

  noCallFound: (time: string): string => `No call found${time}`,
  youSearchedFor: (typed: Part, understood: string) => around`You searched for ${typed}. It looks like ${understood}.`,
  filtersAreOn: 'Filters are on: names of nodes, trunks and tenants are compared as a whole.',
  onlyThatTime: 'The search looks at that time alone; try any time.',
  numbersInAnyForm: 'A number may be typed in any form (+49 30 1234, 0049301234, 0301234) or only its end.',
  idsAsAWhole: 'Call-IDs and channel UUIDs are compared as a whole, upper and lower case as they were sent.',
  /** What a typed search looks like. */
  like: {
    address: (text: string): string => `an IP address, ${text}`,
    uuid: 'a channel UUID or a Call-ID, compared as a whole',
    sipAddress: (user: string): string => `a SIP address with the user part ${user}`,
    number: (digits: string): string => `a phone number with the digits ${digits}`,
    callId: 'a Call-ID, compared as a whole',
    name: (text: string): string => `a name or the user part of an address, ${text}`,
  },
};
