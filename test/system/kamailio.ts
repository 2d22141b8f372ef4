import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Endpoint } from '../../core/config/config.ts';
import { type Program, startProgram } from './program.ts';
import { until } from './until.ts';

export const CAPTURE_ID = 101;

export interface KamailioOptions {
  /** A directory of its own. */
  readonly directory: string;
  /** For UDP and TCP. */
  readonly listen: Endpoint;
  /** A second address, for UDP. */
  readonly listen6?: Endpoint;
  /** Where its HEP packets go. */
  readonly hep: Endpoint;
  /** Beginning of the called number → who answers it. */
  readonly routes: readonly (readonly [prefix: string, callee: Endpoint])[];
  /** The key with which it disguises addresses and Call-IDs on their way out (module topoh). */
  readonly maskKey?: string;
  /** How long it waits for a response to what it sends, ms; Kamailio's own 30 s unless said. */
  readonly patienceMs?: number;
}

/** A Kamailio that relays calls by their number and reports each message, in and out, over HEP. */
export async function startKamailio(options: KamailioOptions): Promise<Program> {
  const { directory, listen } = options;
  const runtime = join(directory, 'run');
  mkdirSync(runtime, { recursive: true });
  const file = join(directory, 'kamailio.cfg');
  writeFileSync(file, configurationOf(options));
  // -DD: stay in the foreground; little memory; nothing in /run or /tmp.
  const own = ['-w', directory, '-Y', runtime, '-P', join(runtime, 'pid')];
  const program = startProgram('kamailio', ['-f', file, '-DD', '-E', '-m', '32', '-M', '4', ...own]);
  try {
    await until(
      'Kamailio listens',
      async () => {
        if (!program.isRunning()) throw new Error(`Kamailio ended:\n${program.output()}`);
        return acceptsTcp(listen);
      },
      { state: program.output },
    );
  } catch (error) {
    await program.stop();
    throw error;
  }
  return program;
}

/** Its sockets are all open before it takes the first connection. */
function acceptsTcp({ host, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => resolve(true));
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
  });
}

const at = ({ host, port }: Endpoint): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/**
 * trace_mode 1 reports everything that the core receives or sends, retransmissions included (siptrace README §3.12).
 * One worker a socket: two may send a 200 before the 180 that came first, and sipp gives such a call up.
 */
function configurationOf({ listen, listen6, hep, routes, maskKey, patienceMs }: KamailioOptions): string {
  return `#!KAMAILIO
debug=0
log_stderror=yes
fork=yes
children=1
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
listen=udp:${at(listen)}
listen=tcp:${at(listen)}
${listen6 === undefined ? '' : `listen=udp:${at(listen6)}`}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "siptrace.so"
modparam("siptrace", "trace_on", 1)
modparam("siptrace", "trace_mode", 1)
modparam("siptrace", "trace_to_database", 0)
modparam("siptrace", "hep_mode_on", 1)
modparam("siptrace", "hep_version", 3)
modparam("siptrace", "hep_capture_id", ${CAPTURE_ID})
modparam("siptrace", "duplicate_uri", "sip:${at(hep)}")
${patienceMs === undefined ? '' : `modparam("tm", "fr_timer", ${patienceMs})`}
${maskKey === undefined ? '' : topoh(maskKey)}
request_route {
  if (has_totag()) {
    loose_route();
    t_relay();
    exit;
  }
  if ($rm == "CANCEL") {
    if (t_check_trans()) t_relay();
    exit;
  }
  if ($rm != "INVITE") {
    sl_send_reply("501", "Not Implemented");
    exit;
  }
  if (!mf_process_maxfwd_header("70")) {
    sl_send_reply("483", "Too Many Hops");
    exit;
  }
  record_route();
${routes.map(([prefix, callee]) => `  if ($rU =~ "^${prefix.replace('+', '\\+')}") $du = "sip:${at(callee)}";`).join('\n')}
  if (!t_relay()) sl_reply_error();
}
`;
}

/** The address that stands for all others must be nobody's. */
const topoh = (maskKey: string): string => `loadmodule "topoh.so"
modparam("topoh", "mask_key", "${maskKey}")
modparam("topoh", "mask_callid", 1)
modparam("topoh", "mask_ip", "192.0.2.99")`;
