import { html, type TemplateResult } from 'lit';
import { kept } from './kept.ts';

type Keys = readonly (readonly [keys: string, what: string])[];

/** All keys, by where they work: what the overlay shows, and docs/page.md says. */
export const KEYS: readonly { readonly where: string; readonly keys: Keys }[] = [
  {
    where: 'Everywhere',
    keys: [
      ['/', 'go to the search box'],
      ['Escape', 'stop what is being waited for; close what is open'],
      ['?', 'show these keys'],
    ],
  },
  {
    where: 'List of calls',
    keys: [
      ['↓ ↑ or j k', 'next and previous call; from the search box into the list and back'],
      ['Home End', 'first and last call'],
      ['Enter', 'open the call'],
      ['l', 'follow what happens, or stop following'],
      ['n', 'show new calls that were held back'],
      ['o', 'show older calls'],
    ],
  },
  {
    where: 'Ladder of a call',
    keys: [
      ['↓ ↑ or j k, PageUp PageDown, Home End', 'move; with a step open leaf through the steps'],
      ['Enter', 'open the step, unfold a run, go from a turn to its step'],
      ['x', 'unfold and fold'],
      ['f', 'first failure'],
      ['e E', 'next and previous failure'],
      ['g G', 'next and previous pause or gap'],
      ['m M', 'next and previous turn of the call'],
      ['Escape', 'close the step'],
    ],
  },
];

const ID = 'keys';
const LETTERS = 'calltrail-letters';

let letters = kept()?.getItem(LETTERS) !== 'off';

/** Whether letters and signs mean something by themselves (WCAG 2.1.4); keys on the ladder do where it has the focus. */
export const areLettersKeys = (): boolean => letters;

function chooseLetters(event: Event): void {
  letters = (event.target as HTMLInputElement).checked;
  if (letters) kept()?.removeItem(LETTERS);
  else kept()?.setItem(LETTERS, 'off');
}

/** The overlay with all keys. The browser keeps the focus in it, and closes it at Escape. */
export function helpView(): TemplateResult {
  return html`<dialog id=${ID} class="help" aria-labelledby="keys-title" @click=${closeOutside}>
    <form method="dialog"><button class="close" aria-label="Close">✕</button></form>
    <h2 id="keys-title">Keys</h2>
    ${KEYS.map(
      ({ where, keys }) => html`<h3>${where}</h3>
        <dl>${keys.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>`,
    )}
    <label class="toggle">
      <input type="checkbox" ?checked=${letters} @change=${chooseLetters} /> Letters and signs are keys, here and on the list
    </label>
  </dialog>`;
}

const dialogOf = (): HTMLDialogElement | null => document.querySelector<HTMLDialogElement>(`#${ID}`);

export function openHelp(): void {
  const dialog = dialogOf();
  if (dialog?.open === false) dialog.showModal();
}

export const isHelpOpen = (): boolean => dialogOf()?.open === true;

function closeOutside(event: Event): void {
  if (event.target === dialogOf()) dialogOf()?.close();
}
