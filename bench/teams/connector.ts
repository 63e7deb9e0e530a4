import { createServer, type Server } from 'node:http';

/** A connector that takes everything at once and tells what came; its own work is kept small, for it runs on our cores. */
export class QuickConnector {
  readonly #server: Server;
  url = '';
  /** Called with the conversation, the message's id and its body. */
  came: (conversation: string, id: string, body: string) => void = () => {};
  #next = 1;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<QuickConnector> {
    const server = createServer();
    const self = new QuickConnector(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const [, conversation = '', given] =
          /\/conversations\/([^/]+)\/activities\/?([^/?]*)/.exec(decodeURIComponent(request.url ?? '')) ?? [];
        const id = given || `m${self.#next++}`;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ id }));
        self.came(conversation, id, Buffer.concat(chunks).toString());
      });
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    self.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/connector`;
    return self;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
