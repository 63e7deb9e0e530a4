import type { FastifyReply } from 'fastify';

const problems = {
  'code-refused': [
    403,
    'This code is not accepted',
    'Check the code, or type "pair" in the chat for a new one.',
  ],
  'too-many-tries': [429, 'Too many tries', 'Wait a few minutes, then try again.'],
  'pairing-off': [403, 'Pairing is switched off', 'Ask your help desk: computers cannot be paired now.'],
  'clock-wrong': [400, 'The clock is wrong', "Set this computer's date and time, then try again."],
  'bad-request': [400, 'The request is not understood', 'Use the agent that your help desk gives you.'],
} as const satisfies Record<string, readonly [number, string, string]>;

export type PairCode = keyof typeof problems;

/** Why a stage of pairing was refused, in the protocol's own codes. */
export class PairRefused extends Error {
  override name = 'PairRefused';
  readonly code: PairCode;
  readonly serverTime: number | undefined;
  constructor(code: PairCode, serverTime?: number) {
    super(problems[code][1]);
    this.code = code;
    this.serverTime = serverTime;
  }
}

/** Answers with problem details (RFC 9457). */
export function sendPairProblem(reply: FastifyReply, code: PairCode, serverTime?: number): FastifyReply {
  const [status, title, detail] = problems[code];
  const more = serverTime === undefined ? {} : { serverTime };
  return reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify({ type: `urn:ecadesk:problem:${code}`, title, status, detail, code, ...more }));
}
