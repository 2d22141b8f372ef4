import { plural } from './plural.ts';

/** The page of a call: its headline, story and legs, and what there is to take along. */
export const call = {
  title: 'Call',
  notAllOfIt: 'This call is larger than what one answer holds: legs or steps are missing from this page.',

  began: 'Began',
  answered: 'Answered',
  ended: 'Ended',
  talked: 'Talked',
  wholeCall: 'Whole call',
  tenant: 'Tenant',
  seenBy: 'Seen by',
  after: (span: string): string => `after ${span}`,

  story: 'Story',
  pointAtALeg: 'Point at a leg, or reach it by Tab, for its times.',
  legSaid: (letter: string, words: string, final: string): string =>
    `Leg ${letter}: ${words}${final === '' ? '' : ` (${final})`}.`,

  legs: 'Legs',
  letter: 'Letter',
  callId: 'Call-ID',
  fromTo: 'From → to',
  channels: 'Channels',
  rang: 'Rang',
  outcome: 'Outcome',
  noSipSeen: 'no SIP seen',
  messages: (count: number): string => `${count} ${plural(count, 'message', 'messages')}`,
  messagesStartedBy: (count: number, letter: string): string =>
    `${count} ${plural(count, 'message', 'messages')}, started by ${letter}`,
  channel: 'channel',
  hungUp: { originator: 'by the originator', answerer: 'by the answerer' },

  takeAlong: 'Take along',
  linkToCall: 'Link to this call',
  withoutNumbers: 'Without numbers and names',
  exportCall: 'Export this call',
  whatTokensAre:
    'Tokens stand for numbers and names then. Whoever is shown tokens on this page takes tokens along in any case.',
  files: {
    html: { name: 'Whole page', about: 'one file with everything, opens anywhere without the server' },
    txt: { name: 'Text', about: 'the ladder for a ticket' },
    svg: { name: 'Picture', about: 'the ladder as SVG' },
    pcap: { name: 'pcap', about: 'the SIP messages, for Wireshark or sngrep' },
    json: { name: 'JSON', about: 'call, ladder, diagnosis and events for programs' },
  },
};
