import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { type Rig, startRig } from './support/rig.ts';

const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  responses: z.record(
    z.string(),
    z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.looseObject({}) })) }),
  ),
});
const document = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), operation)),
});

let database: Database;
let rig: Rig;
let body: unknown;

beforeAll(async () => {
  database = await openDatabase({});
  rig = await startRig(database);
  ({ body } = await rig.get('/openapi.json'));
}, 120_000);
afterAll(async () => {
  await rig.stop();
  await database.close();
});

it('is a valid OpenAPI document', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(z.record(z.string(), z.unknown()).parse(body));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

it('has every route of the API', () => {
  const routes = Object.entries(document.parse(body).paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((m) => `${m} ${path}`),
  );
  expect(routes.sort()).toEqual([
    'get /api/v1/escalations',
    'get /api/v1/funnel',
    'get /api/v1/journeys',
    'get /api/v1/journeys/{id}',
    'get /api/v1/known-issues',
    'get /api/v1/me',
    'get /api/v1/openapi.json',
    'get /api/v1/summary',
    'post /api/v1/escalations/{id}/claim',
    'post /api/v1/escalations/{id}/resolve',
    'post /api/v1/known-issues/{id}',
  ]);
});

it('says of every route what it answers, and that its errors are problem details', () => {
  for (const methods of Object.values(document.parse(body).paths))
    for (const { operationId, responses } of Object.values(methods)) {
      expect(responses['200']?.content['application/json']?.schema, operationId).toBeDefined();
      expect(responses['401']?.content['application/problem+json']?.schema, operationId).toMatchObject({
        properties: { code: {} },
      });
    }
});
