/** Why a connection came to its end. */
export interface Ended {
  readonly reason:
    | 'aborted'
    | 'disconnected'
    | 'killed_by_switch'
    | 'no_answer'
    | 'no_connection'
    | 'no_heartbeat'
    | 'not_accepted'
    | 'not_trusted'
    | 'other_switch'
    | 'permission_denied'
    | 'shutdown'
    | 'unreadable'
    | 'wrong_password';
  /** The rest of a sentence that begins with the address: "refuses the password". */
  readonly detail: string;
  /** Nobody told us: the connection may have been dead for as long as nothing came. */
  readonly unannounced?: boolean;
  /** For "unreadable" when nothing behind it can be read either: the code of the framing error and the bytes. */
  readonly unreadable?: { readonly reason: string; readonly bytes: Buffer };
}

const MISTAKES: ReadonlySet<Ended['reason']> = new Set([
  'wrong_password',
  'not_accepted',
  'not_trusted',
  'permission_denied',
]);

/** True for an end that a person has to put right. */
export const isMistake = ({ reason }: Ended): boolean => MISTAKES.has(reason);
