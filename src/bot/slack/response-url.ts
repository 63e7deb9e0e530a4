import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Rendered } from './render.ts';

const timeout = 5_000;

export type Respond = (url: string, body: ReplaceOriginal | Ephemeral) => Promise<void>;
type ReplaceOriginal = Rendered & { replace_original: true };
interface Ephemeral {
  response_type: 'ephemeral';
  replace_original: false;
  text: string;
}

/**
 * Answers a press through the address that came with it. Only Slack's own hosts are called: `https` anywhere, plain
 * `http` only where the API itself is configured so. Connections are kept: every press is answered so.
 * @throws when Slack did not take it; the ordinary way is open then
 */
export function responder(apiUrl: string | null): Respond {
  const origin = apiUrl === null ? null : new URL(apiUrl).origin;
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  return async (url, body) => {
    const target = new URL(url);
    if (target.protocol !== 'https:' && target.origin !== origin) throw new Error('not an address of Slack');
    const response = await post(target, JSON.stringify(body), agents);
    const answer = await text(response);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299 || answer.includes('"ok":false'))
      throw new Error(`Slack answered ${status}`);
  };
}

/** Not `fetch`, which took a tenth of the time of a press. Nothing is followed to another address. */
function post(target: URL, body: string, agents: { http: HttpAgent; https: HttpsAgent }) {
  const options = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  };
  return new Promise<IncomingMessage>((resolve, reject) => {
    const sent =
      target.protocol === 'https:'
        ? httpsRequest(target, { ...options, agent: agents.https }, resolve)
        : httpRequest(target, { ...options, agent: agents.http }, resolve);
    // Counted anew with each byte; who sends them one by one for ever is none of Slack's.
    sent.setTimeout(timeout, () => sent.destroy(new Error('Slack did not answer in time')));
    sent.once('error', reject);
    sent.end(body);
  });
}

export const ephemeral = (text: string): Ephemeral => ({
  response_type: 'ephemeral',
  replace_original: false,
  text,
});
