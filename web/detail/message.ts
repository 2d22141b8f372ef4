import { html, nothing, type TemplateResult } from 'lit';
import {
  type HeaderGroup,
  headerGroups,
  headerName,
  type MessageText,
  readMessageText,
} from '../../core/message/head.ts';
import { findSdpIn } from '../../core/message/sdp-body.ts';
import { partsOf } from '../../core/message/values.ts';
import { copyButton } from '../parts/snippet.ts';
import { texts } from '../texts/language.ts';
import { sdpView } from './sdp.ts';

const words = texts.detail;

/** A message to be read: start line, headers of which long ones are folded, SDP explained; and as it was captured. */
export function messageView(raw: string): TemplateResult {
  const message = readMessageText(raw);
  if (message === undefined) return rawView(raw, words.sipMessage);
  const groups = headerGroups(message.headers);
  return html`<section class="message" aria-label=${words.message}>
    <p class="start-line"><b>${message.start}</b></p>
    <ul class="message-headers">
      ${groups.map((group) => html`<li>${group.folds ? folded(group) : header(group)}</li>`)}
    </ul>
    ${groups.some(({ folds }) => folds) ? html`<button type="button" class="unfold" @click=${unfold}>${words.unfoldHeaders}</button>` : nothing}
    ${bodyView(message)}
    <details class="captured">
      <summary>${words.asCaptured}</summary>
      ${rawView(raw, words.sipMessage)}
    </details>
  </section>`;
}

/** Opens all headers that are folded; folds them again when all are open. */
function unfold(event: Event): void {
  const message = (event.currentTarget as HTMLElement).closest('.message');
  const all = [...(message?.querySelectorAll<HTMLDetailsElement>('.message-headers details') ?? [])];
  const open = all.some((one) => !one.open);
  for (const one of all) one.open = open;
}

/** As bytes came, with a button that copies them. */
export function rawView(raw: string, name: string): TemplateResult {
  return html`<div class="raw">
    ${copyButton(raw, name)}
    <pre tabindex="0" role="region" aria-label=${name}>${raw}</pre>
  </div>`;
}

const header = (group: HeaderGroup): TemplateResult =>
  html`${nameView(group)} ${group.values.map((value, at) => html`${at === 0 ? nothing : ', '}${valueView(value)}`)}`;

function folded(group: HeaderGroup): TemplateResult {
  const { values } = group;
  const [first = ''] = values;
  return html`<details>
    <summary>
      ${nameView(group)}
      ${values.length === 1 ? nothing : html`<span class="count">${values.length}</span>`}
      <span class="gist">${partsOf(first).value}</span>
    </summary>
    <ul class="values">${values.map((value) => html`<li>${unfoldedValue(value)}</li>`)}</ul>
  </details>`;
}

/** A compact form is told as well: "Via (v)". */
function nameView({ name, written }: HeaderGroup): TemplateResult | typeof nothing {
  if (name === '') return nothing;
  return html`<span class="name">${written.length === 1 ? `${headerName(name)} (${written})` : written}:</span>`;
}

const valueView = (text: string): TemplateResult => {
  const { value, parameters } = partsOf(text);
  return html`<span class="value">${value}</span>${parameters.map((one) => html`<span class="parameter">;${one}</span>`)}`;
};

/** Each parameter on a line of its own. */
function unfoldedValue(text: string): TemplateResult {
  const { value, parameters } = partsOf(text);
  return html`<span class="value">${value}</span>
    ${parameters.length === 0 ? nothing : html`<ul>${parameters.map((one) => html`<li class="parameter">${one}</li>`)}</ul>`}`;
}

function bodyView({ body, contentType }: MessageText): TemplateResult | typeof nothing {
  if (body.trim() === '') return nothing;
  const sdp = findSdpIn(body, contentType);
  if (sdp === undefined) return textBody(body);
  const rest = `${body.slice(0, sdp.start)}${body.slice(sdp.end)}`;
  return html`${sdpView(body.slice(sdp.start, sdp.end))}${rest.trim() === '' ? nothing : textBody(rest)}`;
}

const textBody = (text: string): TemplateResult =>
  html`<div class="body" tabindex="0" role="region" aria-label=${words.body}>${text}</div>`;
