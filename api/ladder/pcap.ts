import { clockOffsets } from '../../core/call/clocks.ts';
import { mergeCopies } from '../../core/call/copies.ts';
import type { FoundCall } from '../../core/call/find.ts';
import { PROTOCOL, type Transport } from '../../core/model/capture-event.ts';
import type { PcapMessage } from '../../core/pcap/write.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { messagesOf } from './facts.ts';

/** The SIP messages of a call, each sending once, as the capture file holds them: the same ones that the ladder draws. */
export async function messagesForPcap(store: Store, call: FoundCall, options?: SelectOptions): Promise<PcapMessage[]> {
  const messages = await messagesOf(store, call, options);
  return mergeCopies(messages, clockOffsets(messages))
    .filter(({ message }) => message.protocol === PROTOCOL.sip)
    .map(({ message, atUs }) => ({
      atUs,
      transport: message.transport as Transport,
      srcIp: message.srcIp,
      srcPort: message.srcPort,
      dstIp: message.dstIp,
      dstPort: message.dstPort,
      payload: message.payload,
    }));
}
