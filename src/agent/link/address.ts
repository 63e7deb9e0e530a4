import { isIP } from 'node:net';
import { AgentError } from '../errors.ts';

/**
 * The help desk's address as somebody typed it, ending in "/". Plain http only on this very computer.
 *
 * @throws AgentError `bad-address`
 */
export function readServerAddress(text: string): URL {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  if (url === null || url.hostname === '' || !['http:', 'https:'].includes(url.protocol)) {
    throw new AgentError(
      'bad-address',
      `"${text}" is no address of a server. Copy it from the chat, such as https://help.example.com`,
    );
  }
  if (url.username !== '' || url.password !== '')
    throw new AgentError('bad-address', 'Leave name and password out of the address: copy it from the chat.');
  if (url.protocol === 'http:' && !isLoopback(url))
    throw new AgentError(
      'bad-address',
      `The address must begin with https://, so that nobody on the way can listen: https://${url.host}`,
    );
  return new URL(`${url.origin}${url.pathname.replace(/\/*$/, '/')}`);
}

export function isLoopback({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Where the link is: the same server, as WebSocket. */
export function linkAddress(server: URL): URL {
  const url = new URL('agent/link', server);
  url.protocol = server.protocol === 'http:' ? 'ws:' : 'wss:';
  return url;
}
