import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ListenError } from '../../src/server/listen.ts';
import { startServer } from '../support/server.ts';

/** A route that answers when the test says so. */
function slowly() {
  const held = Promise.withResolvers<string>();
  const arrived = Promise.withResolvers<void>();
  return { held, arrived };
}

describe('A graceful stop', () => {
  it('finishes the request in hand and takes no more', async () => {
    const { held, arrived } = slowly();
    const server = await startServer({
      routes: (app) => {
        app.get('/slow', () => {
          arrived.resolve();
          return held.promise;
        });
      },
    });
    const answer = fetch(`${server.url}/slow`).then((response) => response.text());
    await arrived.promise;
    const stopped = server.stop();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    held.resolve('all of it');
    expect(await answer).toBe('all of it');
    expect(await stopped).toBe('finished');
  });

  it('gives up on what does not end, and cuts it', async () => {
    const { held, arrived } = slowly();
    const server = await startServer({
      routes: (app) => {
        app.get('/never', () => {
          arrived.resolve();
          return held.promise;
        });
      },
    });
    const answer = fetch(`${server.url}/never`);
    const cut = expect(answer).rejects.toThrow();
    await arrived.promise;
    expect(await server.stop(200)).toBe('gave-up');
    await cut;
  });

  it('ends event streams', async () => {
    const server = await startServer({
      routes: (app) => {
        app.get('/stream', (_request, reply) => {
          reply.hijack();
          reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
          reply.raw.write('data: hello\n\n');
        });
      },
    });
    const response = await fetch(`${server.url}/stream`);
    const text = response.text();
    expect(await server.stop(3000)).toBe('finished');
    expect(await text).toBe('data: hello\n\n');
  });

  it('ends WebSockets whose owner does not', async () => {
    const server = await startServer();
    const sockets = new WebSocketServer({ server: server.app.server });
    const socket = new WebSocket(server.url.replace('http', 'ws'));
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    expect(await server.stop(3000)).toBe('finished');
    await closed;
    sockets.close();
  });
});

describe('A port that is taken', () => {
  it('fails with a code, a sentence and a mend', async () => {
    const other = createTcpServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    onTestFinished(() => {
      other.close();
    });
    const failure = await startServer({ config: { port } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect(failure).toMatchObject({ code: 'port-taken' });
    expect(String(failure)).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(String(failure)).toContain('set to another number');
  });

  it('differs from an address that is not of this computer', async () => {
    const failure = await startServer({ config: { host: '192.0.2.77' } }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'host-unknown' });
  });
});
