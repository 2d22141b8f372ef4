import type { Call, SearchAnswer } from '../../api/schemas.ts';

/** The product's HTTP interface, as far as the judge uses it. */
export interface Asker {
  /** All identifiers of the call that one of them leads to; undefined when it leads to none. */
  identifiersOf(identifier: string, options?: { readonly guesses: boolean }): Promise<readonly string[] | undefined>;
  /** The identifiers of each call that a search finds. */
  search(text: string): Promise<readonly (readonly string[])[]>;
  /** How many things of a source the product has read so far, used or not. */
  received(source: string): Promise<number>;
}

/** @param httpUrl for example "http://127.0.0.1:8080" */
export function createAsker(httpUrl: string): Asker {
  const get = async (path: string): Promise<Response> => {
    const response = await fetch(new URL(path, httpUrl));
    if (!response.ok && response.status !== 404) {
      throw new Error(`GET ${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    }
    return response;
  };
  return {
    async identifiersOf(identifier, { guesses } = { guesses: false }) {
      const response = await get(`/api/calls/${encodeURIComponent(identifier)}?guesses=${guesses}`);
      if (response.status === 404) {
        await response.body?.cancel();
        return undefined;
      }
      // The answer is made from this very schema.
      const { callIds, channelUuids } = (await response.json()) as Call;
      return [...callIds, ...channelUuids];
    },
    async search(text) {
      const response = await get(`/api/search?limit=500&q=${encodeURIComponent(text)}`);
      const { calls } = (await response.json()) as SearchAnswer;
      return calls.map(({ callIds, channelUuids }) => [...callIds, ...channelUuids]);
    },
    async received(source) {
      const text = await (await get('/metrics')).text();
      return receivedIn(text, source);
    },
  };
}

/** Adds up what a source has received or rejected; a snapshot of a channel was asked for, and not sent by itself. */
export function receivedIn(metrics: string, source: string): number {
  let sum = 0;
  for (const line of metrics.split('\n')) {
    const [, labels, value] = /^calltrail_(?:received|rejected)_total\{(.*)\} ([0-9.e+]+)$/.exec(line) ?? [];
    if (labels === undefined || !labels.includes(`source="${source}"`) || labels.includes('kind="snapshot"')) continue;
    sum += Number(value);
  }
  return sum;
}
