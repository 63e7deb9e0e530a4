import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { z } from 'zod';

/** Why the connector did not do what it was asked. */
export class ConnectorFault extends Error {
  override name = 'ConnectorFault';
  /** Null: no answer came. */
  readonly status: number | null;
  /** Without an answer: whether the request can have arrived. */
  readonly sent: boolean;
  /** The connector's own code, such as "BotNotInConversationRoster". */
  readonly code: string | null;
  /** Milliseconds. */
  readonly retryAfter: number | undefined;
  constructor(
    message: string,
    facts: {
      status: number | null;
      sent: boolean;
      code?: string | null;
      retryAfter?: number | undefined;
      cause?: unknown;
    },
  ) {
    super(message, { cause: facts.cause });
    this.status = facts.status;
    this.sent = facts.sent;
    this.code = facts.code ?? null;
    this.retryAfter = facts.retryAfter;
  }
}

export interface WireRequest {
  url: URL;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  headers: Record<string, string>;
  body?: string;
}

const timeout = 15_000;
const largestAnswer = 1_000_000;

/** Connections are kept for the next request, but closed before the connector tires of them. */
const kept = { keepAlive: true, timeout: 4_000 };
const agents = { http: new HttpAgent(kept), https: new HttpsAgent(kept) };

/**
 * One request, sent once. The SDK's own transport repeats a POST up to three times after 500, 502, 504 and lost
 * connections, each of which can post the message again; here repetition is the outbox's alone, which knows what it
 * does. Neither that transport nor `fetch`: the two took a tenth or more of the time of a press.
 * @returns the answer's body; empty where it is too large to be one
 * @throws {ConnectorFault}
 */
export async function sendOnce(request: WireRequest): Promise<string> {
  let connected = false;
  try {
    const response = await answerTo(request, () => {
      connected = true;
    });
    const { statusCode: status = 0 } = response;
    const text = await textOf(response);
    // A redirection is not followed: the bot's token is for this address alone.
    if (status >= 300 && status < 400) throw new Error(`The connector led elsewhere (${status}).`);
    if (status < 200 || status > 299) throw faultOf(status, response.headers['retry-after'], text);
    return text.length > largestAnswer ? '' : text;
  } catch (cause) {
    if (cause instanceof ConnectorFault) throw cause;
    throw new ConnectorFault('The connector did not answer.', { status: null, sent: connected, cause });
  }
}

/** Before `connected` is called, no byte of the request has left. */
function answerTo({ url, method, headers, body }: WireRequest, connected: () => void) {
  const secure = url.protocol === 'https:';
  const options = { method, headers, signal: AbortSignal.timeout(timeout) };
  return new Promise<IncomingMessage>((resolve, reject) => {
    const sent = secure
      ? httpsRequest(url, { ...options, agent: agents.https }, resolve)
      : httpRequest(url, { ...options, agent: agents.http }, resolve);
    sent.once('error', reject);
    sent.once('socket', (socket) => {
      if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    sent.end(body);
  });
}

function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('end', () => resolve(Buffer.concat(chunks).toString()));
    response.once('error', reject);
  });
}

function faultOf(status: number, wait: string | undefined, text: string): ConnectorFault {
  const code = errorCode(text);
  const message = `The connector answered ${status}${code ? ` (${code})` : ''}.`;
  return new ConnectorFault(message, { status, sent: true, code, retryAfter: retryAfterOf(wait) });
}

const errorBody = z.object({ error: z.object({ code: z.string().max(100) }) });

function errorCode(text: string): string | null {
  try {
    const parsed = errorBody.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.error.code : null;
  } catch {
    return null;
  }
}

/** Seconds, or a date. */
function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
