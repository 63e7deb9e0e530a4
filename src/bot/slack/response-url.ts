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
 * `http` only where the API itself is configured so.
 * @throws when Slack did not take it; the ordinary way is open then
 */
export function responder(apiUrl: string | null): Respond {
  const origin = apiUrl === null ? null : new URL(apiUrl).origin;
  return async (url, body) => {
    const target = new URL(url);
    if (target.protocol !== 'https:' && target.origin !== origin) throw new Error('not an address of Slack');
    const response = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    const answer = await response.text();
    if (!response.ok || answer.includes('"ok":false')) throw new Error(`Slack answered ${response.status}`);
  };
}

export const ephemeral = (text: string): Ephemeral => ({
  response_type: 'ephemeral',
  replace_original: false,
  text,
});
