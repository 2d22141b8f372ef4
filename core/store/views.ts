import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sessionsView } from '../rates/sessions.ts';
import { ratesView, registrationsView } from '../rates/views.ts';
import { splitStatements } from './sql.ts';
import type { Store } from './store.ts';

const STATEMENTS = [
  ...splitStatements(readFileSync(fileURLToPath(new URL('./views.sql', import.meta.url)), 'utf8')),
  ratesView(),
  registrationsView(),
  sessionsView(),
];

/** All that a reader may ask for: names in the database of the tables. */
export const VIEWS: readonly string[] = STATEMENTS.map((statement) => {
  const name = /^CREATE OR REPLACE VIEW (view_[a-z]+) /.exec(statement)?.[1];
  if (name === undefined) throw new Error(`views.sql: "${statement.slice(0, 60)}…" makes no view`);
  return name;
});

/**
 * Makes the views anew over tables that are up to date. Safe to run again and by several programs at once.
 *
 * @throws StoreError "refused" when the server is too old for it (before 24.2) or its user may not make views.
 */
export async function createViews(store: Store): Promise<void> {
  for (const statement of STATEMENTS) await store.command(statement);
}
