/**
 * What a line of a FreeSWITCH log file begins with (switch_log.c writes the text, mod_logfile puts the channel before
 * it when its `uuid` parameter is on, which is the default):
 *
 *   [channel ]2026-11-21 10:21:38.736096 [7.13% ][DEBUG] sofia.c:7503 text      the idle CPU since 1.10
 *   [channel ]EXECUTE [depth=0] …    [channel ]Dialplan: …                      lines without a time
 *   [channel ]text                                                              the rest of a message of several lines
 *
 * A channel's UUID is any string without spaces ("abc@host" with SIP Call-IDs as UUID): it is known by what follows it.
 */

export type LineStart =
  /** A record of its own. `stamp` "" for one without a time. */
  | {
      readonly kind: 'record';
      readonly channel: string;
      readonly level: number;
      readonly file: string;
      readonly line: number;
      readonly stamp: string;
      readonly text: string;
    }
  /** A line that a known channel's UUID begins: more of that channel's message, when that is the one being read. */
  | { readonly kind: 'of_channel'; readonly channel: string; readonly text: string }
  | { readonly kind: 'bare'; readonly text: string };

const LEVELS: ReadonlyMap<string, number> = new Map(
  ['CONSOLE', 'ALERT', 'CRIT', 'ERR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'].map((word, level) => [word, level]),
);
const CONSOLE = 0;
const INFO = 6;
export const DEBUG = 7;

/** Every part is bounded: the line may be anything. */
const DATED =
  /^(?:(\S{1,256}) )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})?) (?:\d{1,3}\.\d\d% )?\[([A-Z]{3,7})(?:\d{1,2})?\] (?:([^\s:]{1,200}):(\d{1,9})(?: |$))?/;

/**
 * Lines that FreeSWITCH writes without a time (SWITCH_CHANNEL_LOG_CLEAN), and the level at which it does:
 * switch_core_session.c, mod_dialplan_xml.c, mod_sms.c; sofia-sip's own lines come at the trace level of mod_sofia.
 */
const UNDATED =
  /^(?:(\S{1,256}) )?(?:(EXECUTE \[depth=)|(Dialplan: |Chatplan: |Processing recursive conditions level:)|(recv \d{1,9} bytes from |send \d{1,9} bytes to |error: ))/;

/** The prefix of a syslog file (mod_syslog), in the short and in the ISO form. */
const SYSLOG =
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S{8,32}) \S{1,255} [^\s:[\]]{1,64}(?:\[\d{1,10}\])?: /;

/** mod_console colours a line by its level. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is how a terminal's colours are written
const COLOUR = /\u001b\[[\d;]{0,16}m/g;

/** Reads how a line (without its line break) begins. `isChannel` knows the UUIDs that came up before. */
export function readLineStart(line: string, isChannel: (uuid: string) => boolean): LineStart {
  const text = withoutWrapping(line);
  const dated = DATED.exec(text);
  if (dated !== null) {
    const [, channel = '', stamp = '', word = '', file = '', number = '0'] = dated;
    const level = LEVELS.get(word);
    if (level !== undefined) {
      const own = channel === '' ? text : text.slice(channel.length + 1);
      return { kind: 'record', channel, level, file, line: Number(number), stamp, text: own };
    }
  }
  const undated = UNDATED.exec(text);
  if (undated !== null) {
    const [, channel = '', execute, , sofia] = undated;
    const level = execute !== undefined ? INFO : sofia !== undefined ? CONSOLE : DEBUG;
    const own = channel === '' ? text : text.slice(channel.length + 1);
    return { kind: 'record', channel, level, file: '', line: 0, stamp: '', text: own };
  }
  const space = text.indexOf(' ');
  const first = space > 0 && space <= 256 ? text.slice(0, space) : '';
  if (first === '' || !isChannel(first)) return { kind: 'bare', text };
  return { kind: 'of_channel', channel: first, text: text.slice(space + 1) };
}

function withoutWrapping(line: string): string {
  let text = line;
  // A file that was truncated under a writer that does not append begins with as many NULs.
  if (text.includes('\0')) text = text.replaceAll('\0', '');
  if (text.includes('\u001b')) text = text.replace(COLOUR, '');
  const syslog = SYSLOG.exec(text);
  return syslog === null ? text : text.slice(syslog[0].length);
}
