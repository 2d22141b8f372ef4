import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openRecordedPage } from './recorded-page.ts';
import { VIEW_WIDTH, VIEWED, VIEWS } from './views.ts';

/** `npm run screenshots` makes the pictures of the documentation, from recorded calls behind the real API. */
const PICTURES = fileURLToPath(new URL('../../docs/pictures', import.meta.url));

const site = await openRecordedPage(VIEWED);
try {
  await mkdir(PICTURES, { recursive: true });
  for (const { name, scheme, height, open } of VIEWS) {
    const { page, complaints } = await site.tab.renewed();
    await page.setViewportSize({ width: VIEW_WIDTH, height });
    await page.emulateMedia({ colorScheme: scheme });
    await open(page, site);
    const { length } = await page.screenshot({ path: `${PICTURES}/${name}.png` });
    process.stdout.write(`docs/pictures/${name}.png ${(length / 1000).toFixed(0)} KB\n`);
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  }
} finally {
  await site.close();
}
