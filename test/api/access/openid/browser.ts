/** As much of a browser as a login takes: it keeps cookies by origin, follows redirects, and fills in forms. */
export interface Browser {
  /** Follows redirects until a page, or a URL for which `stopAt` is true, which is not asked then. */
  go(url: string, options?: GoOptions): Promise<Page>;
  cookies(origin: string): Map<string, string>;
}

export interface GoOptions {
  readonly method?: 'GET' | 'POST';
  readonly body?: URLSearchParams;
  readonly headers?: Record<string, string>;
  readonly stopAt?: (url: URL) => boolean;
  /** Changes a URL before it is asked, as somebody in between would. */
  readonly change?: (url: URL) => void;
}

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

const MOST_REDIRECTS = 20;

export function createBrowser(): Browser {
  const jars = new Map<string, Map<string, string>>();
  const cookies = (origin: string): Map<string, string> => {
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };
  const keep = (url: URL, headers: Headers): void => {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */);
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const isOver = attributes.some(
        (one) => /^max-age=0$/i.test(one) || (/^expires=/i.test(one) && Date.parse(one.slice(8)) <= Date.now()),
      );
      if (isOver || value === '') cookies(url.origin).delete(name);
      else cookies(url.origin).set(name, value);
    }
  };
  return {
    cookies,
    async go(start, { method = 'GET', body, headers = {}, stopAt = () => false, change = () => {} } = {}) {
      let url = new URL(start);
      let send: RequestInit = { method, ...(body === undefined ? {} : { body }) };
      for (let i = 0; i < MOST_REDIRECTS; i++) {
        change(url);
        if (stopAt(url)) return { url, status: 0, text: '', headers: new Headers() };
        const cookie = [...cookies(url.origin)].map(([name, value]) => `${name}=${value}`).join('; ');
        const answer = await fetch(url, {
          ...send,
          redirect: 'manual',
          headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }), ...(i === 0 ? headers : {}) },
        });
        keep(url, answer.headers);
        const location = answer.headers.get('location');
        if (answer.status < 300 || answer.status >= 400 || location === null) {
          return { url, status: answer.status, text: await answer.text(), headers: answer.headers };
        }
        await answer.arrayBuffer();
        url = new URL(location, url);
        send = { method: 'GET' };
      }
      throw new Error(`it goes on and on to ${url.href}`);
    },
  };
}

/** From a page that wants a login to where it leads, through the provider's two forms. */
export async function logIn(browser: Browser, start: string, name: string, options: GoOptions = {}): Promise<Page> {
  let page = await browser.go(start, options);
  for (const form of [`prompt=login&login=${name}&password=any`, 'prompt=consent']) {
    const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1];
    if (action === undefined || !page.url.pathname.startsWith('/interaction/')) return page;
    page = await browser.go(new URL(action, page.url).href, {
      ...options,
      method: 'POST',
      body: new URLSearchParams(form),
    });
  }
  return page;
}
