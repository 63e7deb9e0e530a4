import type { InputJsonValue } from '@prisma/client/runtime/client';

/**
 * JSON that PostgreSQL's `jsonb` takes, whatever somebody typed: it has no NUL and no halves of surrogate pairs,
 * which stand here as U+FFFD.
 */
export function storable(value: unknown): string {
  const written = JSON.stringify(value);
  // JSON escapes both; where neither is, which is nearly always, there is nothing to mend.
  if (!/\\u(0000|d[89a-f])/.test(written)) return written;
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'string' ? field.replaceAll('\0', '\ufffd').toWellFormed() : field,
  );
}

/** The same for Prisma's JSON columns; the round trip also proves that it is JSON. */
export function json(value: unknown): InputJsonValue {
  const parsed: InputJsonValue = JSON.parse(storable(value));
  return parsed;
}

/** The same for a text column. */
export function text(value: string): string;
export function text(value: string | null): string | null;
export function text(value: string | null): string | null {
  return value === null ? null : value.replaceAll('\0', '\ufffd').toWellFormed();
}
