import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import { slackCode } from './faults.ts';
import { type Log, SlackSetupError } from './parts.ts';

/** Milliseconds. */
const handshake = 15_000;
const firstPause = 500;
const longestPause = 30_000;
const farewell = 2_000;

const setup = new Set([
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'user_removed_from_team',
  'team_disabled',
  'missing_scope',
  'not_allowed_token_type',
]);

/**
 * Keeps the Socket Mode connection up. The SDK's own reconnecting gives up for good (and with an unhandled
 * rejection) when the network is away at the wrong moment, so it is turned off and done here.
 */
export class Socket {
  readonly #client: SocketModeReceiver['client'];
  readonly #log: Log;
  readonly #stop = new AbortController();

  constructor(receiver: SocketModeReceiver, log: Log) {
    this.#client = receiver.client;
    this.#log = log;
    this.#client.on('disconnected', () => void this.#again());
  }

  /**
   * Connects, or goes on trying where Slack cannot be reached.
   * @throws {SlackSetupError} where Slack refuses the token
   */
  async start(): Promise<void> {
    try {
      await this.#connect();
    } catch (error) {
      const code = slackCode(error);
      if (code !== null && setup.has(code))
        throw new SlackSetupError(
          `SLACK_APP_TOKEN is refused by Slack (${code}): make one with the scope connections:write and write it.`,
        );
      this.#log.warn({ err: error }, 'Socket Mode has no connection yet; trying on.');
      void this.#again();
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.race([this.#client.disconnect(), sleep(farewell, undefined, { ref: false })]);
  }

  async #connect(): Promise<void> {
    const late = AbortSignal.timeout(handshake);
    const tooLate = new Promise<never>((_, reject) => {
      late.addEventListener('abort', () => reject(new Error('Slack said no hello.')), { once: true });
    });
    const started = this.#client.start();
    started.catch(() => {});
    await Promise.race([started, tooLate]);
    this.#log.info({}, 'Socket Mode is connected.');
  }

  #trying = false;

  async #again(): Promise<void> {
    if (this.#trying || this.#stop.signal.aborted) return;
    this.#trying = true;
    let pause = 0;
    while (!this.#stop.signal.aborted) {
      try {
        if (pause > 0)
          await sleep(pause * (0.5 + Math.random() / 2), undefined, {
            ref: false,
            signal: this.#stop.signal,
          });
        await this.#connect();
        break;
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        pause = Math.min(longestPause, Math.max(firstPause, pause * 2));
        this.#log.warn({ err: error, again: pause }, 'Socket Mode lost its connection; trying on.');
      }
    }
    this.#trying = false;
  }
}
