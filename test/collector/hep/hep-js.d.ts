/** The part of hep-js that the tests use; the package has no types. */
declare module 'hep-js' {
  interface RcInfo {
    protocolFamily: number;
    protocol: number;
    srcIp?: string;
    dstIp?: string;
    srcPort: number;
    dstPort: number;
    timeSeconds: number;
    timeUseconds: number;
    payloadType: number;
    captureId: number;
    capturePass?: string;
    hepNodeName?: string;
    correlation_id?: string;
  }
  interface HepJs {
    encapsulate(message: string, rcinfo: RcInfo): Buffer;
    decapsulate(packet: Buffer): { rcinfo: RcInfo; payload: string } | false;
  }
  const hepJs: HepJs;
  export = hepJs;
}
