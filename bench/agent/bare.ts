import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

/**
 * What ecadesk is measured against: the least that a `ws` server can do for idle agents: greet, ping every half
 * minute, send a word to one of them when asked over HTTP.
 */
const http = createServer((request, response) => {
  const to = new URL(request.url ?? '/', 'http://localhost').searchParams.get('to');
  const socket = sockets.get(to ?? '');
  socket?.send(JSON.stringify({ type: 'command', at: Date.now() }));
  response.writeHead(socket ? 200 : 404).end();
});
const sockets = new Map<string, WebSocket>();
const ws = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: true });
ws.on('connection', (socket) => {
  socket.send(JSON.stringify({ type: 'hello', v: 1, nonce: 'A'.repeat(22) }));
  socket.once('message', (data) => {
    const { device } = JSON.parse(String(data));
    sockets.set(device, socket);
    socket.once('close', () => {
      if (sockets.get(device) === socket) sockets.delete(device);
    });
    socket.send(JSON.stringify({ type: 'welcome' }));
  });
});
let slot = 0;
setInterval(() => {
  slot = (slot + 1) % 30;
  let n = 0;
  for (const socket of ws.clients) if (n++ % 30 === slot) socket.ping();
}, 1_000);
http.listen(0, '127.0.0.1', 4_096, () => {
  const address = http.address();
  if (typeof address === 'object' && address)
    process.stdout.write(`listening on http://127.0.0.1:${address.port}\n`);
});
