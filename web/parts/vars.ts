import { noChange } from 'lit';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/**
 * Sets CSS custom properties of an element: html`<div ${vars({ left: 2 })}>` → --left: 2. It goes through the CSS
 * object model because a style attribute is refused by the Content-Security-Policy. Numbers only: no text from a
 * message can become part of a style.
 */
class VarsDirective extends Directive {
  /** A property that is set again, even to what it was, can make the browser look at all that is below. */
  #last: Readonly<Record<string, number>> = {};

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error('vars() stands in the place of an attribute');
  }

  override render(_values: Readonly<Record<string, number>>): unknown {
    return noChange;
  }

  override update(part: ElementPart, [values]: [Readonly<Record<string, number>>]): unknown {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(values)) {
      if (this.#last[name] !== value) style.setProperty(`--${name}`, String(value));
    }
    this.#last = values;
    return noChange;
  }
}

export const vars = directive(VarsDirective);
