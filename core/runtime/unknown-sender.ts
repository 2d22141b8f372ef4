/** Somebody whose packets are not taken, as an operator sees him. Everything but address and times is what he says. */
export interface UnknownSender {
  /** "hep-udp", "hep-tcp", "hep-tls" */
  readonly source: string;
  /** Without port. */
  readonly address: string;
  /** A label value of calltrail_rejected_total: unknown_sender, no_key, wrong_key, no_certificate, … */
  readonly reason: string;
  /** HEP chunk 0x0c; 0 when he says none, or when nothing of his was read. */
  readonly captureId: number;
  /** HEP chunk 0x13, or the subject of his certificate; "" for none. */
  readonly name: string;
  /** Epoch ms. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Packets; of those who are not let in, connections. */
  readonly count: number;
}
