import { box, dashboard } from './lib/dashboard.ts';
import { calls, logs } from './lib/panels.ts';
import { LINK_TO_CALL } from './lib/sources.ts';

/** One box, the calls that match, and what they said. */
export const callSearch = () =>
  dashboard(
    'calltrail-search',
    'Call search',
    'Calls by number in any written form or its end, Call-ID, channel UUID, name or address. A click on a Call-ID opens the call.',
    'now-6h',
  )
    .withVariable(box('q', 'Number, Call-ID, UUID, name, address'))
    .withPanel(
      calls('Calls', 'The newest calls that match; all when nothing is typed.', '{ span.search = "$q" }', 100)
        .span(24)
        .height(14)
        .overrideByName('sip.call_id', LINK_TO_CALL),
    )
    .withPanel(
      logs(
        'Failures of these calls',
        'Final answers of 400 and more, errors and warnings of the logs.',
        '{source=~".+"} | search="$q" | level=~"error|warning|critical"',
      )
        .span(24)
        .height(10),
    );
