import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../../store/database.ts';
import type { Bell } from './bell.ts';
import { lastLine, linesAfter } from './transcript.ts';
import { beatEvery } from './wire.ts';

interface StreamParts {
  database: Database;
  bell: Bell;
  request: FastifyRequest;
  reply: FastifyReply;
  conversationKey: string;
  /** The last line that the page has. */
  after: number;
  /** The server is stopping: end the stream, the page will come back. */
  stopping: AbortSignal;
}

/**
 * Sends a conversation's log as server-sent events, from the line after `after`, for as long as the page listens.
 * Reads run one at a time; a bell that rings meanwhile causes one more. Each beat reads too, so lines written by
 * another process arrive, only later.
 */
export function streamLog({
  database,
  bell,
  request,
  reply,
  conversationKey,
  after,
  stopping,
}: StreamParts): void {
  let last = after;
  let reading = false;
  let again = false;

  reply.hijack();
  const out = reply.raw;
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) out.setHeader(name, value);
  out.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });

  function send(event: string, data: unknown, id?: number): void {
    // The page may have left while the log was read.
    if (out.writableEnded || out.destroyed) return;
    const name = id === undefined ? '' : `id: ${id}\n`;
    out.write(`${name}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  async function catchUp(): Promise<void> {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    try {
      do {
        again = false;
        for (const line of await linesAfter(database, conversationKey, last)) {
          send('entry', line, line.seq);
          last = line.seq;
        }
      } while (again);
    } finally {
      reading = false;
    }
  }

  const look = () =>
    catchUp().catch((error: unknown) => {
      request.log.error({ err: error }, 'the live stream could not read its log');
      end();
    });

  async function begin(): Promise<void> {
    if (after > (await lastLine(database, conversationKey))) send('reset', {});
    else await catchUp();
    send('ready', {});
  }

  const forget = bell.hear(conversationKey, look);
  const heart = setInterval(() => {
    send('beat', {});
    look();
  }, beatEvery);

  function end(): void {
    clearInterval(heart);
    forget();
    stopping.removeEventListener('abort', end);
    out.end();
  }

  out.once('close', end);
  stopping.addEventListener('abort', end);
  begin().catch((error: unknown) => {
    request.log.error({ err: error }, 'the live stream could not begin');
    end();
  });
}
