import { html, nothing, type TemplateResult } from 'lit';
import { explainSdp } from '../../core/message/sdp-words.ts';
import { texts } from '../texts/language.ts';

const words = texts.detail;

/** SDP with what each line means, and each stream in a sentence above it. */
export function sdpView(text: string): TemplateResult {
  const { media, lines } = explainSdp(text);
  return html`<div class="sdp">
    <h4>${words.sdp}</h4>
    ${media.length === 0 ? nothing : html`<ul class="streams">${media.map((one) => html`<li>${one}</li>`)}</ul>`}
    <table>
      <thead class="visually-hidden">
        <tr><th scope="col">${words.line}</th><th scope="col">${words.meaning}</th></tr>
      </thead>
      <tbody>
        ${lines.map(({ text: line, says }) => html`<tr class=${line.startsWith('m=') ? 'media' : ''}><td><code>${line}</code></td><td>${says}</td></tr>`)}
      </tbody>
    </table>
  </div>`;
}
