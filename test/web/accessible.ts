import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/** Runs the rules of axe-core on the page as it stands, in light and in dark. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(axe.source);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    // Between the two only colours differ.
    const rules = scheme === 'light' ? {} : { runOnly: ['cat.color'] };
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
