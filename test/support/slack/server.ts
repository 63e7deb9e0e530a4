import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { messageBlocks } from './block-rules.ts';
import { Faults } from './faults.ts';
import { methods, SlackRefusal } from './methods.ts';
import { Model } from './model.ts';
import { SocketMode } from './socket-mode.ts';

export interface Call {
  method: string;
  args: Record<string, string>;
  at: number;
}

/** `cut`: the connection is cut instead. */
type Reply = { status: number; headers?: Record<string, string>; body: string | object } | 'cut';

const responseBody = z.strictObject({
  text: z.string().min(1),
  blocks: z.unknown().optional(),
  replace_original: z.boolean(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
});

/**
 * A Slack of the project's own on a free port: the Web API methods that the product uses, answers to presses, file
 * upload and Socket Mode. It refuses what Slack refuses. `people.ts` acts in it.
 */
export class SlackServer {
  readonly model = new Model();
  readonly faults = new Faults();
  readonly calls: Call[] = [];
  readonly socket: SocketMode;
  botToken = 'xoxb-test-token';
  appToken = 'xapp-test-token';
  readonly #http: Server;

  private constructor() {
    this.#http = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : new Error(String(error)));
      });
    });
    this.socket = new SocketMode(this.#http);
  }

  static async start(): Promise<SlackServer> {
    const slack = new SlackServer();
    await new Promise<void>((resolve) => slack.#http.listen(0, '127.0.0.1', resolve));
    return slack;
  }

  get origin(): string {
    const { port } = this.#http.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  get apiUrl(): string {
    return `${this.origin}/api/`;
  }

  async stop(): Promise<void> {
    this.socket.stop();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  callsOf(method: string): Call[] {
    return this.calls.filter((call) => call.method === method);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const [, area, name = ''] = new URL(request.url ?? '/', 'http://slack').pathname.split('/');
    const reply = await this.#reply(area ?? '', name, request, body);
    if (reply === 'cut') response.destroy();
    else {
      const json = typeof reply.body === 'object';
      response.writeHead(reply.status, {
        'content-type': json ? 'application/json' : 'text/plain',
        ...reply.headers,
      });
      response.end(json ? JSON.stringify(reply.body) : reply.body);
    }
  }

  async #reply(area: string, name: string, request: IncomingMessage, body: Buffer): Promise<Reply> {
    if (request.method !== 'POST') return { status: 405, body: '' };
    if (area === 'upload') return this.#upload(name, body);
    if (area !== 'api' && area !== 'response') return { status: 404, body: '' };
    const method = area === 'api' ? name : 'response_url';
    const args =
      area === 'api' ? Object.fromEntries(new URLSearchParams(body.toString())) : { body: body.toString() };
    this.calls.push({ method, args, at: Date.now() });
    const fault = this.faults.take(method, args.channel);
    switch (fault?.kind) {
      case 'cut-before':
        return 'cut';
      case '429':
        return { status: 429, headers: { 'retry-after': String(fault.retryAfter) }, body: '' };
      case 'status':
        return { status: fault.status, body: 'Oops' };
      case 'error':
        return { status: 200, body: { ok: false, error: fault.code } };
    }
    const reply =
      area === 'api'
        ? { status: 200, body: this.#perform(method, request, args) }
        : this.#respond(name, body);
    if (fault?.kind === 'slow') await sleep(fault.ms);
    return fault?.kind === 'cut-after' ? 'cut' : reply;
  }

  #perform(method: string, request: IncomingMessage, args: Record<string, string>): object {
    const token = method === 'apps.connections.open' ? this.appToken : this.botToken;
    if (!/^application\/x-www-form-urlencoded/.test(request.headers['content-type'] ?? ''))
      return { ok: false, error: 'invalid_form_data' };
    if (request.headers.authorization !== `Bearer ${token}`) return { ok: false, error: 'invalid_auth' };
    if (method === 'apps.connections.open') return { ok: true, url: this.socket.address(this.origin) };
    if (method === 'files.getUploadURLExternal') return this.#uploadTicket(args);
    const run = methods[method];
    if (!run) return { ok: false, error: 'unknown_method' };
    try {
      return { ok: true, ...run(args, this.model) };
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      return { ok: false, error: error.code, response_metadata: { messages: [error.message] } };
    }
  }

  #uploadTicket({ filename, length }: Record<string, string>): object {
    if (!filename || !length) return { ok: false, error: 'invalid_arguments' };
    const id = this.model.id('F');
    this.model.files.set(id, { id, name: filename, length: Number(length), state: 'asked', looks: 0 });
    return { ok: true, file_id: id, upload_url: `${this.origin}/upload/${id}` };
  }

  #upload(id: string, body: Buffer): Reply {
    const file = this.model.files.get(id);
    if (file?.state !== 'asked' || body.length !== file.length) return { status: 400, body: '' };
    file.state = 'uploaded';
    return { status: 200, body: `OK - ${body.length}` };
  }

  #respond(id: string, body: Buffer): Reply {
    const { model } = this;
    const refuse = (status: number, error: string): Reply => ({ status, body: { ok: false, error } });
    const url = model.responseUrls.get(id);
    if (!url || url.until < model.clock()) return refuse(404, 'expired_url');
    if (url.uses >= 5) return refuse(404, 'used_url');
    url.uses += 1;
    const parsed = responseBody.safeParse(JSON.parse(body.toString()));
    if (!parsed.success) return refuse(400, 'invalid_payload');
    const { text, blocks, replace_original } = parsed.data;
    if (replace_original) {
      const checked = messageBlocks.safeParse(blocks);
      const message = model.message(url.channel, url.ts);
      if (!checked.success || !message) return refuse(404, 'invalid_blocks');
      Object.assign(message, { text, blocks: checked.data, edits: message.edits + 1 });
    } else model.ephemerals.push({ channel: url.channel, user: url.user, text });
    return { status: 200, body: 'ok' };
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
