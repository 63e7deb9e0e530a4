import type { z } from 'zod';

/**
 * One setting: how its text becomes a value, and what README and `.env.example` say of it. A schema's messages
 * complete the sentence "NAME …": what is wrong, a colon, what to write. They never repeat the text: it may be a secret.
 */
export interface Setting<T> {
  /** One line for the person who sets it. */
  says: string;
  /** What holds when it is absent, in words or as the value itself; '' where there is nothing to say. */
  absent: string;
  /** A value that is well formed, for `.env.example`; never a real secret. */
  example: string;
  /** A secret that is there but empty is a mistake: it would turn a protection off. */
  secret: boolean;
  read: z.ZodType<T, string>;
  fallback: T;
}

interface Words {
  says: string;
  example: string;
  absent?: string;
  secret?: true;
}

/** A setting that may be absent: its value is then null. */
export function optional<T>(read: z.ZodType<T, string>, words: Words): Setting<T | null> {
  return { absent: '', ...words, secret: words.secret ?? false, read, fallback: null };
}

/** A setting with a default, of which `absent` tells. */
export function standard<T>(
  read: z.ZodType<T, string>,
  fallback: T,
  words: Omit<Words, 'secret'>,
): Setting<T> {
  return { absent: String(fallback), ...words, secret: false, read, fallback };
}

// biome-ignore lint/suspicious/noExplicitAny: a table of settings of different types; each keeps its own.
export type Settings = Record<string, Setting<any>>;

export type Values<S extends Settings> = { [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** What was read: the values, which names were given at all (rightly or wrongly), and where to complain. */
export interface Reading<S extends Settings> {
  values: Values<S>;
  given(...names: (keyof S & string)[]): boolean;
  /** "NAME …", at most one line a setting: the first complaint is the cause of the others. */
  complain(name: keyof S & string, what: string): void;
  /** Odd, but no reason to stop. */
  warn(sentence: string): void;
}
