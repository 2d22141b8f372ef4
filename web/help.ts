import { html, type TemplateResult } from 'lit';
import { kept } from './kept.ts';
import { texts } from './texts/language.ts';

const words = texts.keys;
const { everywhere, list, ladder } = words;

type Keys = readonly (readonly [keys: string, what: string])[];

/** All keys, by where they work. */
const KEYS: readonly { readonly where: string; readonly keys: Keys }[] = [
  {
    where: everywhere.title,
    keys: [
      ['/', everywhere.search],
      ['Escape', everywhere.stop],
      ['?', everywhere.show],
    ],
  },
  {
    where: list.title,
    keys: [
      [words.names.arrows, list.move],
      [words.names.ends, list.ends],
      ['Enter', list.open],
      ['l', list.live],
      ['n', list.held],
      ['o', list.older],
    ],
  },
  {
    where: ladder.title,
    keys: [
      [words.names.moves, ladder.move],
      ['Enter', ladder.open],
      ['x', ladder.unfold],
      ['f', ladder.firstFailure],
      ['e E', ladder.failures],
      ['g G', ladder.silences],
      ['m M', ladder.turns],
      ['Escape', ladder.close],
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
    <form method="dialog"><button class="close" aria-label=${words.close}>✕</button></form>
    <h2 id="keys-title">${words.title}</h2>
    ${KEYS.map(
      ({ where, keys }) => html`<h3>${where}</h3>
        <dl>${keys.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>`,
    )}
    <label class="toggle">
      <input type="checkbox" ?checked=${letters} @change=${chooseLetters} /> ${words.lettersAreKeys}
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
