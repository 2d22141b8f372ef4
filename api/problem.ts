/** An answer that is no answer: the status, a fixed code and a sentence for a person. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'HttpProblem';
    this.status = status;
    this.code = code;
  }
}

export const unknownKey = (key: string): HttpProblem =>
  new HttpProblem(
    404,
    'unknown_key',
    `Nothing is stored under "${key.slice(0, 200)}". It must be a SIP Call-ID or a channel UUID, written exactly; to find a call by number or name use /api/search?q=…`,
  );

export const badParameter = (name: string, why: string): HttpProblem =>
  new HttpProblem(400, 'bad_parameter', `Parameter "${name}" ${why}`);
