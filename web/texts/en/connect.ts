import { around, type Part } from '../around.ts';

/** What an empty store shows. */
export const connect = {
  noCallYet: 'No call yet',
  waitsAt: (address: Part) =>
    around`Calltrail waits for HEP packets at ${address} (UDP). Make your SIP servers send to it; the first call appears here as soon as it begins.`,
  onlyLoopback:
    "It listens on this machine's own address only. To hear other machines, let it listen on another address.",

  kamailio: 'Kamailio',
  inKamailio: (file: Part, setting: Part) =>
    around`In ${file}, a ${setting} of its own for each server. Then restart Kamailio.`,
  linesForKamailio: 'Lines for kamailio.cfg',

  freeswitch: 'FreeSWITCH',
  sipOfFreeswitch: (file: Part, section: Part, setting: Part) =>
    around`SIP: in ${file}, under ${section}; a ${setting} of its own for each server.`,
  lineForSofia: 'Line for sofia.conf.xml',
  inEachProfile: (section: Part) =>
    around`In each SIP profile, under ${section}; it counts from the next start of the profile:`,
  lineForProfile: 'Line for each SIP profile',
  eventsAndLog: (file: Part) =>
    around`Channel events and log: in ${file}, so that Calltrail may connect to the FreeSWITCH. The access list admits the address from which Calltrail comes.`,
  linesForEventSocket: 'Lines for event_socket.conf.xml',
  inFile: (file: Part) => around`In ${file}:`,
  linesForAcl: 'Lines for acl.conf.xml',
  inOwnConfiguration: "In Calltrail's own configuration:",
  linesForOwnConfiguration: "Lines for Calltrail's configuration",

  /** What is to be replaced in the lines. */
  aLongPassword: 'A LONG PASSWORD',
  addressOfCalltrail: 'ADDRESS OF CALLTRAIL',
  addressOfFreeswitch: 'ADDRESS OF FREESWITCH',
};
