import { faultResponse, receivedResponse } from '../wire.ts';

/** Why a request did not succeed, in a sentence for the person. */
export class RequestFault extends Error {
  override name = 'RequestFault';
}

const notSaved = 'Could not save that, please press again.';

/**
 * Sends an event in. To send the same one again is safe: its id tells the server.
 * @throws {RequestFault}
 */
export async function send(path: 'say' | 'press' | 'opened', body: Record<string, unknown>): Promise<void> {
  const answer = await ask(path, JSON.stringify({ ...body, ...browser() }));
  if (!answer.ok) {
    const fault = faultResponse.safeParse(await answer.json().catch(() => null));
    throw new RequestFault(fault.success && answer.status < 500 ? fault.data.message : notSaved);
  }
  receivedResponse.parse(await answer.json());
}

async function ask(path: string, body: string): Promise<Response> {
  try {
    return await fetch(`/chat/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(20_000),
    });
  } catch (cause) {
    throw new RequestFault(notSaved, { cause });
  }
}

function browser(): { zone: string; locale: string } {
  return { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, locale: navigator.language };
}
