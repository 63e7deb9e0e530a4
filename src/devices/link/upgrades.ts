import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';

const linkPath = '/agent/link';

/** Where there are no agents, an upgrade is answered too. */
export const refuseUpgrades = (app: FastifyInstance): void => takeUpgrades(app, null);

/** Leads the upgrades of `GET /agent/link` on; others are answered, lest they hang. */
export function takeUpgrades(
  app: FastifyInstance,
  onLink: ((request: IncomingMessage, connection: Duplex, head: Buffer) => void) | null,
): void {
  app.server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    const path = request.url?.split('?')[0];
    if (onLink && path === linkPath) return onLink(request, connection, head);
    connection.on('error', () => connection.destroy());
    connection.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
}
