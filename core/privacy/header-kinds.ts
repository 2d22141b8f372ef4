/**
 * What the headers of events hold, by their names: FreeSWITCH's event headers and variables, Asterisk's AMI headers and
 * variables. There are hundreds of them and every site has its own, so that names are told by the words in them.
 */

/** Digits that somebody pressed, and secrets. */
const SECRET = /digit|dtmf|(?:^|[-_])pin(?:$|[-_])|passw|read_result|secret/i;

const PERSONAL = new RegExp(
  [
    ...[
      'caller',
      'callee',
      'calling',
      'called',
      '(?:^|[-_])ani(?:$|[-_])',
      'rdnis',
      'dnis',
      'clid',
      '(?:^|[-_])cid',
      'destination',
    ],
    ...[
      'dialed',
      'dialled',
      'number',
      'user',
      'login',
      'presence',
      'contact',
      '_uri$',
      'exten',
      'connectedline',
      'account',
    ],
    ...['display', 'mailbox', 'mail', 'owner', 'customer', 'subscriber', 'member', 'agent', 'origination', 'effective'],
    ...[
      '(?:^|_)from(?:_|$)',
      '(?:^|_)to(?:_|$)',
      'transfer',
      'forward',
      'divert',
      'diversion',
      'redirect',
      'identity',
      'party',
      'peer',
    ],
  ].join('|'),
  'i',
);

/** Of these words others are no persons: hosts, states, settings. */
const NO_PERSON =
  /^event-|function|file|flipped|disposition|mod_|_mode|user[-_]agent|host|port$|_ip$|-ip$|addr|domain|context|codec|direction|uuid|unique-?id|linkedid|time|state|status|cause|dialplan|profile|source|reason|screen|privacy|gateway|epoch|network|index|method|type|tag$|channel-?name|call[-_]?id$|priority|_hash$|technology|count|transport|realm|cseq/i;

/** Moments, lengths, counts and identifiers. */
const PLAIN =
  /^(?:event-(?:name|sequence|date.*|calling.*|subclass)|core-uuid|freeswitch-.*|unique-?id|.*[-_](?:uuid|unique-id)|.*(?:uniqueid|linkedid)|variable_(?:uuid|call_uuid|session_id)|.*(?:time|timestamp|_epoch|_usec|_msec|_uepoch|sec|_stamp|duration|sample_rate|_port|-port|-rate|bytes|packet_count|jitter.*|_mos))$/i;
const PLAIN_VALUE =
  /^(?:[-0-9.:T Z+]{0,32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z][A-Za-z0-9 _.:,()-]*)$/i;

const bare = (name: string): string => name.replace(/^variable_/i, '');

export const isSecret = (name: string): boolean => SECRET.test(name);
export const isPersonal = (name: string): boolean => PERSONAL.test(bare(name)) && !NO_PERSON.test(bare(name));
/** A header of SIP that the switch passes on (sip_h_X-…) is a sender's, whatever it is called. */
export const isPlain = (name: string, value: string): boolean =>
  PLAIN.test(name) && !/sip_[a-z]+_|_h_/i.test(name) && PLAIN_VALUE.test(value) && !/\d{18}/.test(value);
