import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { isLoopback } from '../config/text.ts';
import { Problem } from './problem.ts';

const forwarded = ['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip'];

function wasForwarded(request: FastifyRequest): boolean {
  return Object.keys(request.headers).some(
    (name) => name.startsWith('x-forwarded-') || forwarded.includes(name),
  );
}

/** Whether the connection itself comes from this computer, through no proxy. What headers say is not believed. */
export function isFromHere(request: FastifyRequest): boolean {
  return isLoopback(request.raw.socket.remoteAddress ?? '') && !wasForwarded(request);
}

/** A page elsewhere whose name was made to point here (DNS rebinding) still sends its own name as Host. */
function hasLocalHost({ headers: { host } }: FastifyRequest): boolean {
  return (
    host !== undefined && URL.canParse(`http://${host}`) && isLoopback(new URL(`http://${host}`).hostname)
  );
}

/** Another site's page may lead here with a link, but its scripts and forms may not reach in. */
function isFromOwnPage({ headers, method }: FastifyRequest): boolean {
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return false;
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
}

/**
 * A hook that lets in only a browser on this computer, on this server's own pages.
 * @throws {Problem} `local-only`
 */
export const loopbackOnly: onRequestAsyncHookHandler = async (request) => {
  if (!isFromHere(request))
    throw new Problem('local-only', {
      detail: 'Open this on the computer that runs ecadesk, directly and through no proxy.',
    });
  if (!hasLocalHost(request) || !isFromOwnPage(request))
    throw new Problem('local-only', {
      detail: 'Open this under its own address, such as http://127.0.0.1:3978/.',
    });
};
