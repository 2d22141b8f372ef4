/** Data sources that the provisioning files make, by uid; dashboards refer to them by nothing else. */
export const LOGS = { type: 'loki', uid: 'calltrail-logs' } as const;
export const TRACES = { type: 'tempo', uid: 'calltrail-traces' } as const;
export const METRICS = { type: 'prometheus', uid: 'calltrail-metrics' } as const;

/** What makes the cells of a column of Call-IDs lead to the call. */
export const LINK_TO_CALL = [
  {
    id: 'links',
    value: [
      {
        title: 'Open the call',
        url: `/d/calltrail-call/call?var-call=\${__value.raw:percentencode}&\${__url_time_range}`,
      },
    ],
  },
];
