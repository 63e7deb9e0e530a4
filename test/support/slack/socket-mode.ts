import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';

const acknowledgement = z.object({ envelope_id: z.string(), payload: z.unknown() });

/** The far end of Socket Mode: one-time addresses, hello, envelopes and their acknowledgements. */
export class SocketMode {
  readonly #server: WebSocketServer;
  readonly #tickets = new Set<string>();
  readonly #waiting = new Map<string, (payload: unknown) => void>();
  readonly #arrivals: (() => void)[] = [];
  /** Newcomers are let in, or turned away. */
  open = true;

  constructor(http: Server) {
    this.#server = new WebSocketServer({ noServer: true });
    http.on('upgrade', (request, socket, head) => {
      const ticket = new URL(request.url ?? '/', 'http://slack').searchParams.get('ticket') ?? '';
      if (!this.open || !this.#tickets.delete(ticket)) socket.destroy();
      else this.#server.handleUpgrade(request, socket, head, (client) => this.#welcome(client));
    });
  }

  address(origin: string): string {
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return `${origin.replace('http', 'ws')}/link/?ticket=${ticket}`;
  }

  #welcome(client: WebSocket): void {
    client.on('message', (data) => {
      const { envelope_id, payload } = acknowledgement.parse(JSON.parse(String(data)));
      this.#waiting.get(envelope_id)?.(payload);
      this.#waiting.delete(envelope_id);
    });
    client.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A1' } }));
    for (const arrived of this.#arrivals.splice(0)) arrived();
  }

  /** Resolves with the next connection; at once where there is one. */
  async connected(): Promise<void> {
    if (this.#clients().length > 0) return;
    await new Promise<void>((resolve) => this.#arrivals.push(resolve));
  }

  /** Sends an envelope; resolves with what it was acknowledged with, or with undefined when it was not in time. */
  async send(
    type: string,
    payload: unknown,
    patience: number,
    retry = 0,
  ): Promise<{ payload: unknown } | undefined> {
    const [client] = this.#clients();
    if (!client) return undefined;
    const id = randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        resolve(undefined);
      }, patience);
      this.#waiting.set(id, (acknowledged) => {
        clearTimeout(timer);
        resolve({ payload: acknowledged });
      });
      client.send(
        JSON.stringify({
          envelope_id: id,
          type,
          payload,
          accepts_response_payload: type !== 'events_api',
          ...(type === 'events_api' && { retry_attempt: retry, retry_reason: retry > 0 ? 'timeout' : '' }),
        }),
      );
    });
  }

  /** As Slack does every few hours: it asks the client to connect anew. */
  refresh(): void {
    for (const client of this.#clients())
      client.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
  }

  /** The network is gone. */
  cut(): void {
    for (const client of this.#clients()) client.terminate();
  }

  stop(): void {
    this.open = false;
    this.cut();
    this.#server.close();
  }

  #clients(): WebSocket[] {
    return [...this.#server.clients].filter((c) => c.readyState === c.OPEN);
  }
}
