import type { FastifyInstance } from 'fastify';

export type ListenFault = 'port-taken' | 'port-not-allowed' | 'host-unknown' | 'cannot-listen';

/** The server cannot listen. The message says why and how to mend it. */
export class ListenError extends Error {
  override name = 'ListenError';
  readonly code: ListenFault;
  constructor(code: ListenFault, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Connections that may wait to be taken: thousands of agents come back at once when the network does. */
const waitingRoom = 4_096;

interface Place {
  host: string;
  port: number;
}

/**
 * Listens.
 * @returns the address, such as "http://127.0.0.1:3978"
 * @throws {ListenError}
 */
export async function listen(app: FastifyInstance, place: Place): Promise<string> {
  try {
    return await app.listen({
      ...place,
      backlog: waitingRoom,
      listenTextResolver: (address) => `listening on ${address}`,
    });
  } catch (error) {
    throw listenError(error, place);
  }
}

function listenError(error: unknown, { host, port }: Place): ListenError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new ListenError(
        'port-taken',
        `Port ${port} on ${host} is taken by another program, perhaps by an ecadesk that still runs: ` +
          'stop that one, or start this one with PORT set to another number.',
        error,
      );
    case 'EACCES':
      return new ListenError(
        'port-not-allowed',
        `This user may not listen on port ${port}: set PORT to a number above 1023.`,
        error,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError(
        'host-unknown',
        `This computer does not have the address ${host}: set HOST to one of its own, such as 127.0.0.1.`,
        error,
      );
    default:
      return new ListenError(
        'cannot-listen',
        `The server cannot listen on ${host}, port ${port}: see the cause.`,
        error,
      );
  }
}
