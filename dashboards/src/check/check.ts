/** One thing that a Grafana is asked. */
export interface Check {
  readonly what: string;
  /** Rejects with a sentence when it is not well, with {@link Nothing} when there is nothing to look at. */
  run(): Promise<void>;
}

export interface Checked {
  readonly what: string;
  readonly outcome: 'ok' | 'nothing' | 'failed';
  /** A sentence; undefined when it is well. */
  readonly why?: string;
}

/** The answer is well and holds nothing, which may be right: where no call fails, the tables of failures are empty. */
export class Nothing extends Error {
  override readonly name = 'Nothing';
}

export async function carriedOut({ what, run }: Check): Promise<Checked> {
  try {
    await run();
    return { what, outcome: 'ok' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { what, outcome: error instanceof Nothing ? 'nothing' : 'failed', why };
  }
}
