import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PrismaClient } from '../../src/store/generated/client.ts';

/** Readers of all that a running ecadesk keeps or tells, for tests that look for what must not be there. */

const names = z.array(z.object({ schema: z.string(), name: z.string() }));
const rows = z.array(z.object({ row: z.string() }));

/** Every row of every table, the queue's own included, as JSON. */
export async function allRows(prisma: PrismaClient): Promise<string> {
  const tables = names.parse(
    await prisma.$queryRaw`
      SELECT table_schema::text AS schema, table_name::text AS name FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { schema, name } of tables) {
    const table = `"${schema}"."${name}"`;
    const found = await prisma.$queryRawUnsafe(`SELECT row_to_json(t)::text AS row FROM ${table} t`);
    texts.push(
      `${table}\n${rows
        .parse(found)
        .map(({ row }) => row)
        .join('\n')}`,
    );
  }
  return texts.join('\n');
}

/** All files below a folder, as one text. */
export async function allFiles(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((f) => f.isFile()).map((f) => readFile(join(f.parentPath, f.name), 'latin1')),
  );
  return texts.join('\n');
}

const withItems = z.object({ items: z.array(z.object({ id: z.string() })), next: z.string().nullable() });
const withHistory = z.looseObject({ history: z.looseObject({ next: z.string().nullable() }) });

/** Every answer of the desk's API that can be read: lists and stories page by page. */
export async function allAnswers(address: string, key: string): Promise<string> {
  const texts: string[] = [];
  async function get(path: string): Promise<unknown> {
    const response = await fetch(`${address}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    texts.push(text);
    return JSON.parse(text);
  }
  async function list(path: string): Promise<string[]> {
    const ids: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page = withItems.parse(
        await get(`${path}${next && `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(next)}`}`),
      );
      ids.push(...page.items.map(({ id }) => id));
      next = page.next;
    }
    return ids;
  }
  for (const path of ['/summary', '/funnel', '/known-issues', '/openapi.json', '/me']) await get(path);
  await list('/escalations');
  await list('/escalations?status=resolved');
  for (const id of await list('/journeys'))
    for (let next: string | null = ''; next !== null; ) {
      const page = withHistory.parse(
        await get(`/journeys/${id}${next && `?cursor=${encodeURIComponent(next)}`}`),
      );
      next = page.history.next;
    }
  return texts.join('\n');
}

/** A live stream from its beginning, as it came over the wire, until it has said all that there is. */
export async function wholeStream(address: string, as: string): Promise<string> {
  const stop = new AbortController();
  const response = await fetch(`${address}/chat/api/stream?as=${as}`, { signal: stop.signal });
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.includes('event: ready')) break;
  }
  stop.abort();
  return text;
}
