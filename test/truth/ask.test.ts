import { expect, it } from 'vitest';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { receivedIn } from './ask.ts';

it('adds up what one source has sent, used or not, without the snapshots that were asked for', async () => {
  const metrics = createMetrics();
  metrics.received('esl:fs1', 'event', 1200);
  metrics.received('esl:fs1', 'ignored_event', 30);
  metrics.received('esl:fs1', 'snapshot', 2);
  metrics.rejected('esl:fs1', 'bad_json', '127.0.0.1', 4);
  metrics.received('esl:fs10', 'event', 7);
  metrics.damaged('esl:fs1', 'cut', '127.0.0.1');
  const text = await metrics.registry.metrics();
  expect(receivedIn(text, 'esl:fs1')).toBe(1234);
  expect(receivedIn(text, 'hep-udp')).toBe(0);
});
