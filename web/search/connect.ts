import { html, type TemplateResult } from 'lit';
import type { Health } from '../api.ts';
import { snippet } from '../parts/snippet.ts';
import { texts } from '../texts/language.ts';
import { type HepTarget, hepTarget } from './hep-target.ts';

const words = texts.connect;

const code = (text: string): TemplateResult => html`<code>${text}</code>`;

/** What an empty store shows: the lines that make a Kamailio and a FreeSWITCH report here. */
export function connectView(health: Health | undefined, browserHost: string): TemplateResult {
  const hep = health?.sources.find((source) => source.name === 'hep-udp');
  const target = hepTarget(hep?.detail ?? '', browserHost);
  return html`<section class="connect" aria-labelledby="connect-title">
    <h1 id="connect-title">${words.noCallYet}</h1>
    <p>${words.waitsAt(code(`${target.host}:${target.port}`))}</p>
    ${
      target.loopbackOnly
        ? html`<p class="notice notice-warning">
            <span class="sign" aria-hidden="true">⚠</span>
            <span>${words.onlyLoopback}</span>
          </p>`
        : ''
    }
    <div class="connect-columns">
      <article>
        <h2>${words.kamailio}</h2>
        <p>${words.inKamailio(code('kamailio.cfg'), code('hep_capture_id'))}</p>
        ${snippet(kamailio(target), words.linesForKamailio)}
      </article>
      <article>
        <h2>${words.freeswitch}</h2>
        <p>${words.sipOfFreeswitch(code('sofia.conf.xml'), code('global_settings'), code('capture_id'))}</p>
        ${snippet(
          `<param name="capture-server" value="udp:${target.host}:${target.port};hep=3;capture_id=201"/>`,
          words.lineForSofia,
        )}
        <p>${words.inEachProfile(code('settings'))}</p>
        ${snippet('<param name="sip-capture" value="yes"/>', words.lineForProfile)}
        <p>${words.eventsAndLog(code('event_socket.conf.xml'))}</p>
        ${snippet(EVENT_SOCKET, words.linesForEventSocket)}
        <p>${words.inFile(code('acl.conf.xml'))}</p>
        ${snippet(ACL, words.linesForAcl)}
        <p>${words.inOwnConfiguration}</p>
        ${snippet(OWN_CONFIG, words.linesForOwnConfiguration)}
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
<param name="password" value="${words.aLongPassword}"/>
<param name="apply-inbound-acl" value="calltrail"/>`;

const ACL = `<list name="calltrail" default="deny">
  <node type="allow" cidr="${words.addressOfCalltrail}/32"/>
</list>`;

const OWN_CONFIG = `collector:
  freeswitch:
    - name: fs1
      host: ${words.addressOfFreeswitch}
      port: 8021
      password: \${FS1_PASSWORD}`;
