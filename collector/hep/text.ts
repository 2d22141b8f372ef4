// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not get through.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** UTF-8 with U+FFFD for what is not, also for control characters; C senders may count a final NUL. */
export function cleanText(bytes: Buffer): string {
  if (bytes.length === 0) return '';
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.toString('utf8', 0, end).replace(CONTROL, '\ufffd');
}
