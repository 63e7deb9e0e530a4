import { type Agent, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { z } from 'zod';
import { AgentError, systemCode } from '../errors.ts';
import { parseJson } from '../home/folder.ts';
import { localTime } from '../home/receipts.ts';
import { networkProblem, networkWords } from '../link/network.ts';
import { type PairRequest, pairProblem } from '../protocol/pairing.ts';
import { printable } from '../terminal/printable.ts';

export interface PairingServer {
  readonly url: URL;
  readonly agent: Agent;
  readonly clock: () => Date;
}

const MAX_ANSWER = 3_000_000;
const PATIENCE_MS = 20_000;

/**
 * Says one stage of pairing to the server.
 *
 * @throws AgentError with the server's code, or `unreachable`, `untrusted`, `proxy`, `not-ecadesk`
 */
export async function say<T>(server: PairingServer, stage: PairRequest, shape: z.ZodType<T>): Promise<T> {
  const { status, text } = await post(server, JSON.stringify(stage)).catch((error: unknown) => {
    const problem = networkProblem(error);
    throw new AgentError(problem, networkWords(problem, server.url, systemCode(error)));
  });
  const value = parseJson(text);
  const answer = shape.safeParse(value);
  if (status === 200 && answer.success) return answer.data;
  const problem = pairProblem.safeParse(value);
  if (status >= 400 && problem.success) throw refusal(problem.data, server);
  throw new AgentError('not-ecadesk', networkWords('not-ecadesk', server.url, `it answers ${status}`));
}

function refusal({ code, serverTime }: z.output<typeof pairProblem>, { clock }: PairingServer): AgentError {
  const theirs = serverTime === undefined ? 'another' : printable(localTime(new Date(serverTime)));
  const words = {
    'code-refused':
      'Ask for a new code in the chat (type "pair"): this one is wrong, used or over its ten minutes.',
    'too-many-tries': 'Wait ten minutes, then ask for a new code in the chat: there were too many tries.',
    'pairing-off': 'Go on without the agent, please: the help desk has switched pairing off.',
    'clock-wrong': `Set this computer's clock first: it says ${localTime(clock())}, the help desk's server says ${theirs}.`,
    'bad-request': 'Get a newer agent from the help desk: its server does not understand this one.',
  }[code];
  return new AgentError(code, words);
}

function post({ url, agent }: PairingServer, body: string): Promise<{ status: number; text: string }> {
  const target = new URL('agent/pair', url);
  const request = target.protocol === 'http:' ? plainRequest : secureRequest;
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const asked = request(target, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_ANSWER) asked.destroy(new Error('the answer is far too long'));
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    });
    asked.setTimeout(PATIENCE_MS, () =>
      asked.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
    );
    asked.on('error', reject);
    asked.end(body);
  });
}
