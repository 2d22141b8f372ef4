import { texts } from '../texts/language.ts';

const { like } = texts.search;

/** What a typed search looks like to the page, said when nothing was found so that a slip is easy to see. */
export function understood(query: string): string {
  const text = query.trim();
  if (isIpv4(text) || isIpv6(text)) return like.address(text);
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return like.uuid;
  const address = /^(?:<?\s*)(?:sips?|tel):([^@;>]+)/i.exec(text)?.[1];
  if (address !== undefined) return like.sipAddress(address);
  if (/^[+()\d\s./-]+$/.test(text) && /\d/.test(text)) return like.number(text.replace(/\D/g, ''));
  if (text.includes('@') || (/\d/.test(text) && /^\S{20,}$/.test(text))) return like.callId;
  return like.name(text);
}

function isIpv4(text: string): boolean {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::\d{1,5})?$/.exec(text);
  return parts?.slice(1).every((part) => Number(part) <= 255) ?? false;
}

function isIpv6(text: string): boolean {
  return /^\[?[0-9a-f:]*:[0-9a-f:.]*:[0-9a-f:.]*\]?$/i.test(text) && !/[^0-9a-f:.[\]]/i.test(text);
}
