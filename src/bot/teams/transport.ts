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
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | null;
}

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const timeout = 15_000;
const largestAnswer = 1_000_000;

/**
 * One request, sent once. The SDK's own transport repeats a POST up to three times after 500, 502, 504 and lost
 * connections, each of which can post the message again; what is thrown here is no error that its retry policy knows,
 * so repetition is the outbox's alone, which knows what it does.
 * @throws {ConnectorFault}
 */
export async function sendOnce(request: WireRequest): Promise<WireResponse> {
  const { url, method, headers, body } = request;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    text = await response.text();
  } catch (cause) {
    throw new ConnectorFault('The connector did not answer.', {
      status: null,
      sent: !neverSent(cause),
      cause,
    });
  }
  if (!response.ok) throw faultOf(response, text);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: text.length > largestAnswer ? '' : text,
  };
}

function faultOf(response: Response, text: string): ConnectorFault {
  const code = errorCode(text);
  const retryAfter = retryAfterOf(response.headers.get('retry-after'));
  const message = `The connector answered ${response.status}${code ? ` (${code})` : ''}.`;
  return new ConnectorFault(message, { status: response.status, sent: true, code, retryAfter });
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
function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** Refused, unknown or unreachable: no byte of the request left. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function neverSent(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && beforeSending.has(cause.code)) return true;
    if (cause instanceof AggregateError && cause.errors.every(neverSent)) return true;
  }
  return false;
}
