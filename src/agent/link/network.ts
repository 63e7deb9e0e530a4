import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import { getCACertificates } from 'node:tls';
import { systemCode } from '../errors.ts';

/**
 * How connections to the server are made: the certificates that this computer trusts beside Node's own (an
 * organisation's proxy may show one of its own making), and the proxy of HTTPS_PROXY except for NO_PROXY. A server
 * on this very computer needs neither.
 */
export function networkFor(server: URL, env: NodeJS.ProcessEnv): PlainAgent {
  if (server.protocol === 'http:') return new PlainAgent();
  const ca = [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  const { HTTPS_PROXY, https_proxy, NO_PROXY, no_proxy } = env;
  const proxyEnv = Object.fromEntries(
    Object.entries({ HTTPS_PROXY, https_proxy, NO_PROXY, no_proxy }).filter(([, value]) => value),
  );
  return new Agent({ ca, ...(Object.keys(proxyEnv).length === 0 ? {} : { proxyEnv }) });
}

export type NetworkProblem = 'unreachable' | 'untrusted' | 'proxy' | 'not-ecadesk';

/** What kind of trouble an error of a connection is. */
export function networkProblem(error: unknown): NetworkProblem {
  const code = systemCode(error);
  const message = error instanceof Error ? error.message : '';
  if (code.startsWith('ERR_PROXY') || /proxy/i.test(message)) return 'proxy';
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code)) return 'untrusted';
  if (code.startsWith('ERR_SSL') || code === 'EPROTO' || code.startsWith('HPE_')) return 'not-ecadesk';
  return 'unreachable';
}

/** Words for such trouble: what to do first. */
export function networkWords(problem: NetworkProblem, server: URL, detail: string): string {
  const what = detail === '' ? '' : ` (${detail})`;
  const { host } = server;
  return {
    unreachable: `Check the network, and the VPN if your organisation has one: the help desk's server ${host} cannot be reached${what}.`,
    untrusted: `Do not go on, and tell the help desk: this computer does not trust the certificate of ${host}${what}.`,
    proxy: `Tell the help desk: the proxy of this network does not let the agent through to ${host}${what}.`,
    'not-ecadesk': `Check the address in the chat: what answers at ${host} is not the help desk's server${what}.`,
  }[problem];
}
