import type { LegOutcome } from './words.ts';

/** The words and signs of a diagnosis, wherever it is shown. */

/** Classes and sides as core/diagnosis/verdict.ts has them; a test holds the two together. */
export type CauseClass =
  | 'normal'
  | 'signalling'
  | 'routing'
  | 'registration'
  | 'authentication'
  | 'negotiation'
  | 'media'
  | 'network'
  | 'capacity'
  | 'switch';
export type Side = 'caller' | 'callee' | 'switch' | 'proxy' | 'gateway' | 'network' | 'unknown';

/** A sign each, so that no colour is needed to tell them apart. */
export const CAUSES: Readonly<Record<CauseClass, { readonly word: string; readonly sign: string }>> = {
  normal: { word: 'nothing is broken', sign: '✓' },
  signalling: { word: 'signalling', sign: '⇄' },
  routing: { word: 'routing', sign: '↷' },
  registration: { word: 'registration', sign: '◎' },
  authentication: { word: 'authentication', sign: '✱' },
  negotiation: { word: 'negotiation of media', sign: '≠' },
  media: { word: 'media', sign: '♪' },
  network: { word: 'network', sign: '≈' },
  capacity: { word: 'capacity', sign: '▲' },
  switch: { word: 'switch', sign: '▣' },
};

export const SIDES: Readonly<Record<Side, string>> = {
  caller: 'the caller',
  callee: 'the called side',
  switch: 'the switch',
  proxy: 'the proxy',
  gateway: 'the gateway',
  network: 'the network between two hops',
  unknown: 'not known',
};

/** "very likely, 95 %"; below 0.7 the evidence admits something else (core/diagnosis/verdict.ts). */
export function confidenceText(confidence: number): string {
  const percent = `${Math.round(confidence * 100)} %`;
  if (confidence >= 0.95) return `as good as certain, ${percent}`;
  if (confidence >= 0.85) return `proven by what was seen, ${percent}`;
  return confidence >= 0.7 ? `likely, ${percent}` : `possible, the evidence admits something else, ${percent}`;
}

/** What is said where no rule has found anything. */
export function nothingFound(outcome: LegOutcome): string {
  if (outcome === 'answered') return 'Nothing in what was seen points to a fault.';
  if (outcome === 'in_progress') return 'The call is not over; so far nothing points to a fault.';
  return 'What was seen of this call does not prove why it went so.';
}
