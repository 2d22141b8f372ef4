import { html, type TemplateResult } from 'lit';
import { snippet } from '../parts/snippet.ts';
import { callAddress, callApi } from '../route.ts';
import { texts } from '../texts/language.ts';

const words = texts.call;

export interface TakeAlong {
  leave(): void;
  /** `callId` is the identifier that always leads to the call. */
  view(callId: string): TemplateResult;
}

const EXTENSIONS = ['html', 'txt', 'svg', 'pcap', 'json'] as const;

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
        <summary class="take-along-open">${words.takeAlong}</summary>
        <div class="take-along-menu">
          ${snippet(`${location.origin}${callAddress(callId)}`, words.linkToCall)}
          <label>
            <input
              type="checkbox"
              .checked=${masked}
              @change=${(event: Event) => {
                masked = (event.target as HTMLInputElement).checked;
                changed();
              }}
            />
            ${words.withoutNumbers}
          </label>
          <ul aria-label=${words.exportCall}>
            ${EXTENSIONS.map(
              (extension) => html`<li>
                <a href=${callApi(callId, `/export.${extension}${query}`)} download>${words.files[extension].name}</a>
                <span class="muted">${words.files[extension].about}</span>
              </li>`,
            )}
          </ul>
          <p class="muted">${words.whatTokensAre}</p>
        </div>
      </details>`;
    },
  };
}
