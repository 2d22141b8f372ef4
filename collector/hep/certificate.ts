import type { TLSSocket } from 'node:tls';

/** Why a client's certificate does not let it in. Public: these are label values of calltrail_rejected_total. */
export type CertificateReason =
  | 'no_certificate'
  | 'expired_certificate'
  /** Not signed by the authority of clientCa, or not to be used so. */
  | 'foreign_certificate'
  /** Signed, and for nobody in the list of names. */
  | 'certificate_name';

export interface Judged {
  /** '' when it may come in. */
  readonly reason: '' | CertificateReason;
  /** Whom the certificate is for; "" when there is none. */
  readonly name: string;
}

/** @param names common names and DNS names of which one must be there; undefined for any */
export function judgeClient(socket: TLSSocket, names: readonly string[] | undefined): Judged {
  const { subject, subjectaltname = '' } = socket.getPeerCertificate();
  if (subject === undefined) return { reason: 'no_certificate', name: '' };
  const commonNames = [subject.CN ?? []].flat();
  const own = [...commonNames, ...dnsNames(subjectaltname)];
  const name = own[0] ?? '';
  if (!socket.authorized) {
    const isOld = String(socket.authorizationError) === 'CERT_HAS_EXPIRED';
    return { reason: isOld ? 'expired_certificate' : 'foreign_certificate', name };
  }
  const isListed = names === undefined || own.some((one) => names.includes(one));
  return { reason: isListed ? '' : 'certificate_name', name };
}

/** Of "DNS:kam1.example.net, IP Address:192.0.2.1" the first. Node quotes a name that holds a comma, which no host has. */
const dnsNames = (subjectAltName: string): string[] =>
  subjectAltName
    .split(', ')
    .filter((one) => one.startsWith('DNS:'))
    .map((one) => one.slice(4));
