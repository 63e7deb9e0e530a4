import type { z } from 'zod';
import { keysAt } from '../json-schema.ts';
import type { Path } from '../path.ts';
import { didYouMean } from './nearest.ts';

/** What a fault of form means, in words that say what to write. */
export function sayUnknownKey(path: Path, key: string): string {
  const keys = keysAt(path);
  return `unknown key "${key}"${didYouMean(key, keys) || `: write one of ${keys.join(', ')}`}`;
}

export function sayForm(issue: z.core.$ZodIssue): string {
  const name = nameOf(issue.path);
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined)
        return `${name} is missing: write ${kinds[issue.expected] ?? `a ${issue.expected}`}`;
      if (issue.expected === 'string' && typeof issue.input === 'object')
        return `${name} is not a text: write one, in quotes if it begins with a brace or bracket`;
      return `${name} is not ${kinds[issue.expected] ?? `a ${issue.expected}`}: write one`;
    case 'invalid_value': {
      const values = issue.values.map(String);
      const missing =
        issue.input === undefined ? `${name} is missing` : `${name} is "${String(issue.input)}"`;
      return `${missing}: write one of ${values.join(', ')}${didYouMean(String(issue.input), values)}`;
    }
    case 'too_big':
      return `${name} is too long or too great: write at most ${issue.maximum}${unit(issue.origin)}`;
    case 'too_small':
      return `${name} is too short or too small: write at least ${issue.minimum}${unit(issue.origin)}`;
    case 'invalid_key':
      return `${name} is no good key: ${issue.issues[0]?.message ?? 'write lower-case words joined by hyphens'}`;
    default:
      return `${name}: ${issue.message}`;
  }
}

function nameOf(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (last === undefined) return 'the document';
  if (typeof last !== 'number') return `"${String(last)}"`;
  return `entry ${last + 1} of "${String(path.at(-2) ?? '')}"`;
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list ("- …")',
  object: 'keys and values',
  record: 'keys and values',
};
