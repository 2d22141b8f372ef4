import { box, dashboard, traceOfCall } from './lib/dashboard.ts';
import { html, logs, rows, trace } from './lib/panels.ts';
import { LINK_TO_CALL, LOGS } from './lib/sources.ts';

/**
 * Drawn by Calltrail, fetched through the data source: Grafana's session guards it, and no script runs. `t` makes another
 * address of it when the time range moves on, so that the browser asks again.
 */
const LADDER = `<img alt="ladder of the call" width="100%" src="/api/datasources/proxy/uid/${LOGS.uid}/ladder/\${call:percentencode}.svg?theme=auto&amp;width=1400&amp;show=sip,events&amp;t=\${__to}">`;

/** The whole call: ladder, everything that was said, time line. */
export const call = () =>
  dashboard('calltrail-call', 'Call', 'One call with all of its legs: ladder, log, trace.', 'now-24h')
    .withVariable(box('call', 'Call-ID or channel UUID'))
    .withVariable(traceOfCall())
    .withPanel(html('Ladder', 'Why the call went so, and every leg of it, hosts as lanes.', LADDER).span(24).height(22))
    .withPanel(
      rows(
        'Why',
        'What the evidence says of the call, the surest first; "normal": nothing is broken. Proofs are on the page of the call.',
        '{call_id="$call", source="verdict"}',
        {
          Line: { title: 'What happened', wraps: true },
          cause: { title: 'Cause' },
          side: { title: 'Side' },
          confidence: { title: 'Confidence', leads: true },
          next: { title: 'What to do', wraps: true },
          verdict: { title: 'Verdict' },
          leg: { title: 'Leg' },
        },
      )
        .overrideByName('Leg', LINK_TO_CALL)
        .span(24)
        .height(7),
    )
    .withPanel(
      trace('Time line', 'Legs and transactions as spans; failed ones are errors.', '$trace').span(24).height(14),
    )
    .withPanel(
      logs(
        'Messages, events and log lines',
        'Everything of the call on one axis; "source" tells SIP, switches and proxies apart.',
        '{call_id="$call"}',
      )
        .span(24)
        .height(20),
    );
