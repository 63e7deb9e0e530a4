import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long a WebSocket may take to say goodbye before it is cut. */
const farewell = 500;

/**
 * At the stop, ends what would never end by itself: event streams at once, WebSockets after their owners had the
 * chance to say goodbye. Requests in hand are left to finish.
 * @returns what cuts every connection, for when patience is over.
 */
export function endConnectionsAtStop(app: FastifyInstance): () => void {
  const sockets = new Set<Socket>();
  const upgraded = new Set<Socket>();
  const responses = new Set<ServerResponse>();

  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      upgraded.delete(socket);
    });
  });
  app.server.on('upgrade', (request) => upgraded.add(request.socket));
  app.addHook('onRequest', async (_request, reply) => {
    responses.add(reply.raw);
    reply.raw.once('close', () => responses.delete(reply.raw));
  });
  let stopping = false;
  app.addHook('onSend', async (_request, reply) => {
    // A connection kept alive after its last answer would hold up the stop.
    if (stopping) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    stopping = true;
    for (const response of responses) if (isEventStream(response)) response.end();
    setTimeout(() => destroyAll(upgraded), farewell).unref();
  });
  return () => destroyAll(sockets);
}

function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith('text/event-stream');
}

function destroyAll(sockets: Iterable<Socket>): void {
  for (const socket of sockets) socket.destroy();
}
