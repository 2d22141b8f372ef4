import type { PcapMessage } from '../../core/pcap/write.ts';
import { hideSip } from '../../core/privacy/sip.ts';
import { hiddenOf } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';

/** What goes into a capture file; lengths and checksums are made of what is written there. */
export function hidePackets(messages: readonly PcapMessage[], options: SelectOptions): readonly PcapMessage[] {
  const hidden = hiddenOf(options);
  if (hidden === undefined) return messages;
  return messages.map((message) => ({ ...message, payload: hideSip(Buffer.from(message.payload), hidden) }));
}
