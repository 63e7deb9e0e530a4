import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../terminal/printable.ts';
import { readText } from './folder.ts';

const LOG_FILE = 'receipts.log';
const OLDER_FILE = 'receipts.older.log';
const MAX_BYTES = 256 * 1024;

/** The receipts of everything that was asked of this computer: lines in plain words, kept for its person. */
export interface Receipts {
  write(words: string): void;
}

/** @param maxBytes at this size the log becomes the older one, in place of the last older one */
export function openReceipts(home: string, clock: () => Date, maxBytes = MAX_BYTES): Receipts {
  const path = join(home, LOG_FILE);
  return {
    write(words) {
      const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (size >= maxBytes) renameSync(path, join(home, OLDER_FILE));
      appendFileSync(path, `${localTime(clock())}  ${printable(words)}\n`, { mode: 0o600 });
    },
  };
}

/** All receipts, the oldest first. */
export function readReceipts(home: string): string {
  return [OLDER_FILE, LOG_FILE].map((name) => readText(join(home, name)) ?? '').join('');
}

/** "2026-06-01 14:00:00 +0200", in the time of this computer. */
export function localTime(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  const minutes = Math.abs(date.getTimezoneOffset());
  const zone = `${Math.floor(minutes / 60)}`.padStart(2, '0') + `${minutes % 60}`.padStart(2, '0');
  const sign = date.getTimezoneOffset() > 0 ? '-' : '+';
  return `${local.toISOString().slice(0, 19).replace('T', ' ')} ${sign}${zone}`;
}
