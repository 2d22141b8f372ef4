import { Value } from 'typebox/value';
import { expect, expectTypeOf, test } from 'vitest';
import type { ComparisonAnswer, NearestGood } from '../../api/compare/schema.ts';
import { Diagnosis } from '../../api/diagnosis-schemas.ts';
import type { Doctor } from '../../api/doctor/schema.ts';
import type { KnownNames } from '../../api/names/read.ts';
import * as schemas from '../../api/schemas.ts';
import type { Outcome } from '../../core/call/types.ts';
import type { CauseClass, Side } from '../../core/diagnosis/verdict.ts';
import type * as words from '../../core/ladder/verdict-words.ts';
import type * as page from '../../web/api.ts';
import { call, diagnosis, health, ladder, searchAnswer, stepDetail } from './fixtures.ts';

test('what the API declares is what the page reads', () => {
  expectTypeOf<schemas.SearchAnswer>().toExtend<page.SearchAnswer>();
  expectTypeOf<schemas.Call>().toExtend<page.Call>();
  expectTypeOf<schemas.Ladder>().toExtend<page.Ladder>();
  expectTypeOf<schemas.StepDetail>().toExtend<page.StepDetail>();
  expectTypeOf<schemas.Health>().toExtend<page.Health>();
  expectTypeOf<Diagnosis>().toExtend<page.Diagnosis>();
  expectTypeOf<ComparisonAnswer>().toExtend<page.Comparison>();
  expectTypeOf<NearestGood>().toExtend<page.NearestGood>();
  expectTypeOf<Doctor>().toExtend<page.Doctor>();
  expectTypeOf<KnownNames>().toExtend<page.KnownNames>();
  expectTypeOf<words.CauseClass>().toEqualTypeOf<CauseClass>();
  expectTypeOf<words.Side>().toEqualTypeOf<Side>();
  expectTypeOf<page.Outcome>().toEqualTypeOf<Outcome>();
});

test.each([
  ['search', schemas.SearchAnswer, searchAnswer],
  ['call', schemas.Call, call],
  ['ladder', schemas.Ladder, ladder],
  ['diagnosis', Diagnosis, diagnosis],
  ['step', schemas.StepDetail, stepDetail],
  ['health', schemas.Health, health],
] as const)('the %s answer that the page is tested with is one that the API could give', (_name, schema, answer) => {
  expect([...Value.Errors(schema, answer)]).toEqual([]);
});
