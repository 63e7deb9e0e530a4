import type { z } from 'zod';
import { type FlowDocument, flowDocument } from '../flow.ts';
import type { Path } from '../path.ts';

export interface Mended {
  document: FlowDocument;
  /** Where something was put in for what was wrong: what is found there or below is not the writer's. */
  paths: Path[];
}

/**
 * A document whose faults of form are replaced by something harmless, so that all else that is wrong with it can be
 * told in the same run. Undefined where that is not possible.
 */
export function mend(value: unknown): Mended | undefined {
  const draft: unknown = structuredClone(value);
  const paths: Path[] = [];
  for (let round = 0; round < 5; round++) {
    const parsed = flowDocument.safeParse(draft, { reportInput: true });
    if (parsed.success) return { document: parsed.data, paths };
    for (const issue of parsed.error.issues) paths.push(...mendOne(draft, issue));
  }
  return undefined;
}

function mendOne(draft: unknown, issue: z.core.$ZodIssue): Path[] {
  const path = issue.path.filter((p) => typeof p !== 'symbol');
  const key = path.at(-1);
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, part) => (isObject(at) ? at[part] : undefined), draft);
  if (issue.code === 'unrecognized_keys') {
    const owner = key === undefined ? draft : isObject(parent) ? parent[key] : undefined;
    for (const unknown of issue.keys) if (isObject(owner)) delete owner[unknown];
    return [];
  }
  if (key === undefined || !isObject(parent)) return [];
  const missing = issue.input === undefined;
  if (missing || Array.isArray(parent)) parent[key] = harmless(path);
  else delete parent[key];
  return [path];
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

function harmless(path: Path): unknown {
  const named = path.at(-1);
  const key = typeof named === 'number' ? path.at(-2) : named;
  switch (key) {
    case 'flow':
    case 'id':
      return `unknown-${path.filter((p) => typeof p === 'number').join('-') || '0'}`;
    case 'minutes':
    case 'days':
      return 1;
    case 'source':
      return 'product';
    case 'escalate':
    case 'reason':
      return 'other-problem';
    case 'sections':
    case 'steps':
      return typeof named === 'number' ? {} : [{}];
    case 'answers':
    case 'problems':
    case 'issues':
    case 'reasons':
    case 'end':
      return {};
    case 'open':
      return false;
    case 'is':
      return path.at(-2) === 'setting' ? false : 'closed';
    case 'kind':
      return 'signed-on';
    case 'nudges':
      return '1d';
    default:
      return 'unknown words';
  }
}
