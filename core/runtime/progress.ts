/** A line that tells how far a long command is: on a terminal only, so that a pipe stays clean. */
export interface Progress {
  /** `total` 0 when it is not known. */
  update(done: number, total: number): void;
  /** Takes the line away. */
  end(): void;
}

const REDRAW_MS = 100;

export function createProgress(title: string, out: NodeJS.WriteStream = process.stderr): Progress {
  if (!out.isTTY) return { update: () => {}, end: () => {} };
  let drawn = 0;
  return {
    update(done, total) {
      const now = Date.now();
      if (now - drawn < REDRAW_MS) return;
      drawn = now;
      const text = total > 0 ? `${Math.floor((done / total) * 100)} %` : String(done);
      out.write(`\r\u001b[K${title}: ${text}`);
    },
    end: () => void out.write('\r\u001b[K'),
  };
}
