import { Type } from 'typebox';

const ERRORS = {
  400: 'What was asked cannot be read',
  404: 'Nothing is stored under this key',
  503: 'The store is away',
  504: 'It took too long',
} as const;

/** One answer that is no JSON, as the OpenAPI document tells it. */
export const answerAs = (description: string, type: string) => ({
  description,
  content: { [type]: { schema: Type.String() } },
});

/** Errors of an operation that asks the store, where they are no JSON: each is a sentence, written as this type. */
export const errorsAs = (type: string) => ({
  ...{ 400: answerAs(ERRORS[400], type), 404: answerAs(ERRORS[404], type) },
  ...{ 503: answerAs(ERRORS[503], type), 504: answerAs(ERRORS[504], type) },
});
