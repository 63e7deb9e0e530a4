import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface Call {
  method: string;
  path: string;
  body: Record<string, unknown>;
  at: number;
}

/** How the next request is answered; `accept` whether the message stays although the answer says otherwise. */
export interface Fault {
  status?: number;
  headers?: Record<string, string>;
  code?: string;
  accept?: boolean;
  /** The connection is cut without an answer. */
  cut?: boolean;
}

/** What the Playground lacks: a Bot Connector that throttles, refuses and loses its answers. */
export class ConnectorServer {
  readonly #server: Server;
  readonly calls: Call[] = [];
  /** The messages that stand in each conversation, by id. */
  readonly messages = new Map<string, Record<string, unknown>>();
  /** The conversation that each message was posted in. */
  readonly places = new Map<string, string>();
  /** Used up one for each request. */
  faults: Fault[] = [];
  roster: { pages: Record<string, unknown>[][] } = { pages: [] };
  url = '';
  #next = 1;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ConnectorServer> {
    const server = createServer();
    const self = new ConnectorServer(server);
    server.on('request', (request, response) => void self.#handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    self.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/connector`;
    return self;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  posted(): Record<string, unknown>[] {
    return [...this.messages.values()];
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const method = request.method ?? '';
    const url = new URL(request.url ?? '/', 'http://x');
    const call = {
      method,
      path: decodeURIComponent(url.pathname),
      body: text ? JSON.parse(text) : {},
      at: Date.now(),
    };
    this.calls.push(call);
    const fault = this.faults.shift();
    const answer = !fault || fault.accept ? this.#carryOut(call, url) : {};
    if (fault?.cut) return void request.socket.destroy();
    response.setHeader('content-type', 'application/json');
    for (const [name, value] of Object.entries(fault?.headers ?? {})) response.setHeader(name, value);
    response.statusCode = fault?.status ?? ('status' in answer ? Number(answer.status) : 200);
    response.end(
      JSON.stringify(fault?.status ? { error: { code: fault.code ?? 'Fault', message: 'x' } } : answer),
    );
  }

  #carryOut({ method, path, body }: Call, url: URL): Record<string, unknown> {
    if (path.endsWith('/pagedmembers')) return this.#members(url.searchParams.get('continuationToken'));
    const id = /\/activities\/([^/]+)$/.exec(path)?.[1];
    if (method === 'POST' && path.endsWith('/conversations')) return this.#conversation(body);
    if (method === 'POST') {
      const id = this.#keep(body);
      this.places.set(id, /\/conversations\/([^/]+)\//.exec(path)?.[1] ?? '');
      return { id };
    }
    if (!id || !this.messages.has(id))
      return { status: 404, error: { code: 'ActivityNotFound', message: 'x' } };
    if (method === 'DELETE') this.messages.delete(id);
    else this.messages.set(id, body);
    return { id };
  }

  #conversation(body: Record<string, unknown>): Record<string, unknown> {
    if (!body.activity) return { id: ownChatOf(body) };
    const id = this.#keep(body.activity as Record<string, unknown>);
    return { id: `thread;messageid=${id}`, activityId: id };
  }

  #members(page: string | null): Record<string, unknown> {
    const at = page ? Number(page) : 0;
    const next = at + 1 < this.roster.pages.length ? { continuationToken: String(at + 1) } : {};
    return { members: this.roster.pages[at] ?? [], ...next };
  }

  #keep(message: Record<string, unknown>): string {
    const id = `m${this.#next++}`;
    this.messages.set(id, message);
    return id;
  }
}

/** One for each person; the people of most tests share a name. */
function ownChatOf({ members }: Record<string, unknown>): string {
  const id = Array.isArray(members) ? String(members[0]?.id ?? '') : '';
  return ['29:kim', '29:joe'].includes(id) ? `a:${id.slice(3)}` : 'a:own-chat';
}
