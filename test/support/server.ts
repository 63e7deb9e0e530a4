import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import type { ServerConfig } from '../../src/config/server.ts';
import { createServer, type Server, type ServerParts } from '../../src/server/create-server.ts';
import { listen } from '../../src/server/listen.ts';
import { createLogger } from '../../src/server/logger.ts';
import { createMetrics, type Metrics } from '../../src/server/metrics.ts';

export interface TestServer extends Server {
  url: string;
  metrics: Metrics;
  /** Everything logged so far, as it would reach the disk. */
  log(): string;
}

interface Wishes extends Partial<Omit<ServerParts, 'config'>> {
  config?: Partial<ServerConfig>;
  secrets?: readonly string[];
  routes?: (app: FastifyInstance) => void;
}

/** The real server on a free port of this computer, stopped when the test is over. */
export async function startServer({
  config,
  secrets = [],
  routes,
  ...parts
}: Wishes = {}): Promise<TestServer> {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', secrets, to: { write: (line) => lines.push(line) } });
  const metrics = createMetrics();
  const place = { host: '127.0.0.1', port: 0, ...config };
  const server = await createServer({
    config: { loopback: true, publicUrl: null, trustProxy: false, logLevel: 'info', ...place },
    logger,
    metrics,
    apiKeys: [],
    checks: {},
    ...parts,
  });
  routes?.(server.app);
  const url = await listen(server.app, place);
  onTestFinished(async () => {
    await server.stop(1000);
  });
  return { ...server, url, metrics, log: () => lines.join('') };
}
