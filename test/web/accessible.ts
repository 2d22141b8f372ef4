import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/**
 * A line of the ladder is said as a sentence: its columns, read one after the other, say little. Everything else is named by
 * what is seen of it.
 */
const CONFIGURE = `axe.configure({ rules: [{ id: 'label-content-name-mismatch', selector: ':not([role="option"])' }] })`;

/** Runs the rules of axe-core on the page as it stands, in light and in dark. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(axe.source);
  await page.evaluate(CONFIGURE);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    // Between the two only colours differ.
    const rules = scheme === 'light' ? {} : { runOnly: ['color-contrast'] };
    const { violations, passes } = await page.evaluate<{ violations: Violation[]; passes: { id: string }[] }>(
      `axe.run(document, { resultTypes: ['violations', 'passes'], ...${JSON.stringify(rules)} })`,
    );
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(' ')} ${failureSummary}`),
    );
    expect(found, `${where}, ${scheme}`).toEqual([]);
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
  }
}
