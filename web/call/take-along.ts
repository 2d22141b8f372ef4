import { html, type TemplateResult } from 'lit';
import { snippet } from '../parts/snippet.ts';
import { callAddress, callApi } from '../route.ts';

export interface TakeAlong {
  leave(): void;
  /** `callId` is the identifier that always leads to the call. */
  view(callId: string): TemplateResult;
}

interface Kind {
  readonly extension: string;
  readonly name: string;
  readonly about: string;
}

const KINDS: readonly Kind[] = [
  { extension: 'html', name: 'Whole page', about: 'one file with everything, opens anywhere without the server' },
  { extension: 'txt', name: 'Text', about: 'the ladder for a ticket' },
  { extension: 'svg', name: 'Picture', about: 'the ladder as SVG' },
  { extension: 'pcap', name: 'pcap', about: 'the SIP messages, for Wireshark or sngrep' },
  { extension: 'json', name: 'JSON', about: 'call, ladder and diagnosis for programs' },
];

/** What there is to give to somebody else: a link that stays, and files, without numbers and names where that is wanted. */
export function createTakeAlong(changed: () => void): TakeAlong {
  let masked = false;
  return {
    leave() {
      masked = false;
    },
    view(callId) {
      const query = masked ? '?masked=true' : '';
      return html`<details class="take-along">
        <summary class="take-along-open">Take along</summary>
        <div class="take-along-menu">
          ${snippet(`${location.origin}${callAddress(callId)}`, 'Link to this call')}
          <label>
            <input
              type="checkbox"
              .checked=${masked}
              @change=${(event: Event) => {
                masked = (event.target as HTMLInputElement).checked;
                changed();
              }}
            />
            Without numbers and names
          </label>
          <ul aria-label="Export this call">
            ${KINDS.map(
              ({ extension, name, about }) => html`<li>
                <a href=${callApi(callId, `/export.${extension}${query}`)} download>${name}</a>
                <span class="muted">${about}</span>
              </li>`,
            )}
          </ul>
          <p class="muted">
            Tokens stand for numbers and names then. Whoever is shown tokens on this page takes tokens along in any case.
          </p>
        </div>
      </details>`;
    },
  };
}
