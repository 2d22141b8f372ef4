import { html, type TemplateResult } from 'lit';
import type { Health } from '../api.ts';
import { snippet } from '../parts/snippet.ts';
import { type HepTarget, hepTarget } from './hep-target.ts';

/** What an empty store shows: the lines that make a Kamailio and a FreeSWITCH report here. */
export function connectView(health: Health | undefined, browserHost: string): TemplateResult {
  const hep = health?.sources.find((source) => source.name === 'hep-udp');
  const target = hepTarget(hep?.detail ?? '', browserHost);
  return html`<section class="connect" aria-labelledby="connect-title">
    <h1 id="connect-title">No call yet</h1>
    <p>
      Calltrail waits for HEP packets at <code>${target.host}:${target.port}</code> (UDP). Make your SIP servers send to
      it; the first call appears here as soon as it begins.
    </p>
    ${
      target.loopbackOnly
        ? html`<p class="notice notice-warning">
            <span class="sign" aria-hidden="true">⚠</span>
            <span>It listens on this machine's own address only. To hear other machines, let it listen on another address.</span>
          </p>`
        : ''
    }
    <div class="connect-columns">
      <article>
        <h2>Kamailio</h2>
        <p>In <code>kamailio.cfg</code>, a <code>hep_capture_id</code> of its own for each server. Then restart Kamailio.</p>
        ${snippet(kamailio(target), 'Lines for kamailio.cfg')}
      </article>
      <article>
        <h2>FreeSWITCH</h2>
        <p>SIP: in <code>sofia.conf.xml</code>, under <code>global_settings</code>; a <code>capture_id</code> of its own for each server.</p>
        ${snippet(
          `<param name="capture-server" value="udp:${target.host}:${target.port};hep=3;capture_id=201"/>`,
          'Line for sofia.conf.xml',
        )}
        <p>In each SIP profile, under <code>settings</code>; it counts from the next start of the profile:</p>
        ${snippet('<param name="sip-capture" value="yes"/>', 'Line for each SIP profile')}
        <p>
          Channel events and log: in <code>event_socket.conf.xml</code>, so that Calltrail may connect to the FreeSWITCH.
          The access list admits the address from which Calltrail comes.
        </p>
        ${snippet(EVENT_SOCKET, 'Lines for event_socket.conf.xml')}
        <p>In <code>acl.conf.xml</code>:</p>
        ${snippet(ACL, 'Lines for acl.conf.xml')}
        <p>In Calltrail's own configuration:</p>
        ${snippet(OWN_CONFIG, "Lines for Calltrail's configuration")}
      </article>
    </div>
  </section>`;
}

const kamailio = ({ host, port }: HepTarget): string => `loadmodule "siptrace.so"
modparam("siptrace", "duplicate_uri", "sip:${host}:${port}")
modparam("siptrace", "hep_mode_on", 1)
modparam("siptrace", "hep_version", 3)
modparam("siptrace", "hep_capture_id", 101)
modparam("siptrace", "trace_to_database", 0)
modparam("siptrace", "trace_on", 1)
modparam("siptrace", "trace_mode", 1)`;

const EVENT_SOCKET = `<param name="listen-ip" value="0.0.0.0"/>
<param name="listen-port" value="8021"/>
<param name="password" value="A LONG PASSWORD"/>
<param name="apply-inbound-acl" value="calltrail"/>`;

const ACL = `<list name="calltrail" default="deny">
  <node type="allow" cidr="ADDRESS OF CALLTRAIL/32"/>
</list>`;

const OWN_CONFIG = `collector:
  freeswitch:
    - name: fs1
      host: ADDRESS OF FREESWITCH
      port: 8021
      password: \${FS1_PASSWORD}`;
