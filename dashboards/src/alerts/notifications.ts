import type { AlertingFile } from './grafana-file.ts';

const NAME = 'Calltrail';

/**
 * A contact point to be filled in. It is not mounted by itself: Grafana does not start with a contact point whose address
 * is empty, and nobody but the operator knows who is to be called.
 */
export const contactPointFile: AlertingFile = {
  apiVersion: 1,
  contactPoints: [
    {
      orgId: 1,
      name: NAME,
      receivers: [
        { uid: 'calltrail-webhook', type: 'webhook', settings: { url: '$CALLTRAIL_ALERT_URL', httpMethod: 'POST' } },
      ],
    },
  ],
};

/**
 * Who gets what. It is an example and is not mounted by itself: Grafana has one tree of policies, and a file replaces
 * the whole of it, with all that others have put there.
 */
export const policiesFile: AlertingFile = {
  apiVersion: 1,
  policies: [
    {
      orgId: 1,
      receiver: NAME,
      group_by: ['grafana_folder', 'alertname', 'trunk'],
      routes: [
        { receiver: NAME, object_matchers: [['severity', '=', 'page']], group_wait: '10s', repeat_interval: '1h' },
        { receiver: NAME, object_matchers: [['severity', '=', 'ticket']], repeat_interval: '1d' },
      ],
    },
  ],
};
