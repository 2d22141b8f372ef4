/** An address as it was captured: IPv4 stands in the store as ::ffff:a.b.c.d, and none as "::". */
export const shownAddress = (stored: string): string =>
  stored === '::' ? '' : stored.replace(/^::ffff:(?=\d+\.)/, '');
