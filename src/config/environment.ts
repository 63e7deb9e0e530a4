import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from './complaints.ts';
import type { Environment } from './read.ts';

/**
 * The process's environment over what the folder's `.env` says, when there is one: what is set outside wins.
 * @throws {ConfigError} when `.env` is there but cannot be read, or misspells a setting that is in `known`
 */
export function readEnvironment(folder: string, outside: Environment, known: readonly string[]): Environment {
  const file = parseEnv(readDotEnv(join(folder, '.env')));
  const lines = Object.keys(file).flatMap((name) => misspelt(name, known));
  if (lines.length > 0) throw new ConfigError(lines);
  return { ...file, ...outside };
}

function readDotEnv(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new ConfigError(['.env is there but cannot be read: let this user read it, or remove it.']);
  }
}

/** `.env` may hold other programs' settings, but one a letter or two away from ours is ours, and would do nothing. */
function misspelt(name: string, known: readonly string[]): string[] {
  if (known.includes(name)) return [];
  const meant = known.find((one) => one.length >= 6 && distance(one, name) <= 2);
  return meant ? [`${name} is no setting: write ${meant}, which it resembles.`] : [];
}

/** Levenshtein's: how many letters to change, add or leave out. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
