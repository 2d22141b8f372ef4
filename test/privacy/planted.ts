import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Texts that stand nowhere else, so that each place that holds one got it from us. */
export const NUMBER = '98217365540';
export const NAME = 'Zebulonia Quarkson';
export const SECRETS = {
  response: 'd1e5a0b4c3f2968778695a4b3c2d1e0f',
  cnonce: 'p1antedcn0nce77',
  basic: Buffer.from('plant:basic-s3cret').toString('base64'),
  srtp: 'P1antedKeyP1antedKeyP1antedKeyP1antedKey',
  icePassword: 'p1antedIcePwdp1antedIce',
  variable: 'p1anted-Passw0rd',
  ami: 'p1anted-am1-secret',
  esl: 'p1anted-3sl-password',
  hepKey: 'p1anted-hep-key',
  infoDigits: '86753091',
  kpmlDigits: '77421906',
  eventDigits: '55190742',
  logDigits: '40917263',
  uriPassword: 'p1antedUriPw',
} as const;

/** A text as it may stand somewhere: as it is, backwards, in hex, base64 (at each of three offsets), in a URL. */
export function formsOf(text: string): string[] {
  const plain = Buffer.from(text);
  const inside = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), plain])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4)
      .replace(/.{3}=*$/, ''),
  );
  const hex = plain.toString('hex');
  const forms = [text, [...text].reverse().join(''), hex, hex.toUpperCase(), encodeURIComponent(text), ...inside];
  return [...new Set(forms)].filter((form) => form.length >= 6);
}

/** Files under a directory that hold one of these, with which. */
export function filesWith(directory: string, texts: Readonly<Record<string, string>>): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory, entry);
    let bytes: string;
    try {
      if (!statSync(path).isFile()) continue;
      bytes = readFileSync(path, 'latin1');
    } catch (error) {
      // The engine removes files of its own while they are looked at.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw error;
    }
    found.push(...namesIn(bytes, texts).map((name) => `${entry}: ${name}`));
  }
  return found;
}

export const namesIn = (where: string, texts: Readonly<Record<string, string>>): string[] =>
  Object.entries(texts)
    .filter(([, text]) => formsOf(text).some((form) => where.includes(form)))
    .map(([name]) => name);
