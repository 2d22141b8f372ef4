import { HttpProblem } from '../problem.ts';

/** Why a request is not answered; the label of `calltrail_access_refused_total`. */
export type Reason =
  | 'no_credentials'
  | 'wrong_credentials'
  | 'too_many_tries'
  | 'session_ended'
  | 'wrong_token'
  | 'token_expired'
  | 'provider_away'
  | 'wrong_login'
  | 'nothing_granted'
  | 'grafana_identity'
  | 'role'
  | 'cross_site'
  | 'too_many_requests'
  | 'too_many_questions'
  | 'too_many_tails';

/** An answer to somebody who is not let in, or not now. */
export class Refused extends HttpProblem {
  readonly reason: Reason;
  readonly headers: Readonly<Record<string, string | number>>;
  constructor(
    reason: Reason,
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string | number>> = {},
  ) {
    super(status, code, message);
    this.name = 'Refused';
    this.reason = reason;
    this.headers = headers;
  }
}
