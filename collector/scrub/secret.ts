/** What is never stored. The names are label values of calltrail_scrubbed_total. */
export const SECRET_KINDS = ['sip_credentials', 'media_key', 'dtmf', 'password'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/** A stretch of a text that must go: [from, to). */
export interface Secret {
  readonly from: number;
  readonly to: number;
  readonly kind: SecretKind;
}

/** The stretches of the one group of each match. The pattern has the flags g and d, and no other group. */
export function matched(text: string, pattern: RegExp, kind: SecretKind): Secret[] {
  const found: Secret[] = [];
  for (const { indices } of text.matchAll(pattern)) {
    const at = indices?.[1];
    if (at !== undefined && at[1] > at[0]) found.push({ from: at[0], to: at[1], kind });
  }
  return found;
}

/** In order, and those that overlap as one. */
export function joined(secrets: readonly Secret[]): Secret[] {
  const ordered = [...secrets].sort((a, b) => a.from - b.from);
  const whole: Secret[] = [];
  for (const secret of ordered) {
    const last = whole.at(-1);
    if (last === undefined || secret.from >= last.to) whole.push(secret);
    else if (secret.to > last.to) whole[whole.length - 1] = { ...last, to: secret.to };
  }
  return whole;
}
