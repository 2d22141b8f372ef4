import { noChange } from 'lit';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/** Where an element stands in what surrounds it: `top` and `height` in pixels, the others as shares of its width, 0 to 1. */
export interface Place {
  readonly top?: number;
  readonly height?: number;
  /** How much is before it. */
  readonly start?: number;
  readonly width?: number;
}

const SIDES = ['top', 'height', 'start', 'width'] as const;

/**
 * Places an element of which there are many: html`<div ${placed({ width: 0.5 })}>` → width: 50%. Plain properties, as a browser
 * reads a rule with custom properties anew for each element that has values of its own. It goes through the CSS object
 * model because a style attribute is refused by the Content-Security-Policy. Numbers only: no text from a message can
 * become part of a style.
 */
class PlacedDirective extends Directive {
  #last: Place = {};

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error('placed() stands in the place of an attribute');
  }

  override render(_place: Place): unknown {
    return noChange;
  }

  override update(part: ElementPart, [place]: [Place]): unknown {
    const { style } = part.element as HTMLElement;
    for (const side of SIDES) {
      const value = place[side];
      if (value === this.#last[side]) continue;
      const name = side === 'start' ? 'margin-left' : side;
      if (value === undefined) style.removeProperty(name);
      else style.setProperty(name, side === 'top' || side === 'height' ? `${value}px` : `${(value * 100).toFixed(4)}%`);
    }
    this.#last = place;
    return noChange;
  }
}

export const placed = directive(PlacedDirective);
