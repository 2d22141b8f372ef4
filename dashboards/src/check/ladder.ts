import { LOGS } from '../lib/sources.ts';
import type { Check } from './check.ts';
import type { Grafana } from './grafana.ts';

/** The picture of the call, as the Text panel of the dashboard "Call" fetches it. */
export function ladderChecks(grafana: Grafana, call: string): readonly Check[] {
  const path = (key: string): string =>
    `/api/datasources/proxy/uid/${LOGS.uid}/ladder/${encodeURIComponent(key)}.svg?theme=auto`;
  return [
    {
      what: 'the ladder comes through the data source as a picture',
      run: () => picture(grafana, path(call), 200),
    },
    {
      what: 'an unknown call is a picture that says so',
      run: () => picture(grafana, path('no such call'), 404),
    },
    {
      what: 'nobody gets the ladder without a session',
      async run() {
        const { status } = await grafana.raw(path(call), false);
        if (status < 300) throw new Error(`status ${status}: anonymous access is on`);
      },
    },
  ];
}

/** Grafana answers under a policy of its own, in which a picture that is opened by itself runs nothing. */
async function picture(grafana: Grafana, path: string, expected: number): Promise<void> {
  const { status, headers, text } = await grafana.raw(path, true);
  const type = headers.get('content-type') ?? 'no type';
  if (status !== expected || !type.startsWith('image/svg+xml'))
    throw new Error(`${status} ${type}: ${text.slice(0, 200)}`);
  const policy = headers.get('content-security-policy') ?? 'none';
  if (!policy.includes('sandbox')) throw new Error(`its content security policy is ${policy}`);
  if (/<script|\son\w+=/i.test(text)) throw new Error('it has a script');
}
