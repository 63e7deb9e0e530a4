import { z } from 'zod';
import { flowDocument } from './flow.ts';

/** The part of JSON Schema that is looked into here. */
export interface JsonSchema {
  properties?: Record<string, JsonSchema> | undefined;
  additionalProperties?: boolean | JsonSchema | undefined;
  items?: JsonSchema | undefined;
  [more: string]: unknown;
}

/** The JSON Schema of a flow document, with which editors complete and check it. */
export function flowJsonSchema(): JsonSchema {
  const schema: object = z.toJSONSchema(flowDocument, { io: 'input', reused: 'inline' });
  return { ...schema, title: 'An ecadesk flow' };
}

/** The keys that may stand in the object at this path of a flow document. */
export function keysAt(path: readonly (string | number)[]): string[] {
  let at: JsonSchema | undefined = flowJsonSchema();
  for (const part of path) {
    if (typeof part === 'number') at = at?.items;
    else at = at?.properties?.[part] ?? objectOf(at?.additionalProperties);
  }
  return Object.keys(at?.properties ?? {});
}

function objectOf(schema: boolean | JsonSchema | undefined): JsonSchema | undefined {
  return typeof schema === 'object' ? schema : undefined;
}
