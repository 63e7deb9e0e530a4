import { Agent, request } from 'node:http';
import { signature } from '../../test/support/slack/people.ts';
import type { SlackServer } from '../../test/support/slack/server.ts';
import { choicesOf } from '../../test/support/slack/walker.ts';
import { quantile } from '../report.ts';
import { cpuOf } from '../support/program.ts';

export interface Measured {
  pressesPerSecond: number;
  /** Milliseconds. */
  ack: { p50: number; p99: number };
  reply: { p50: number; p99: number };
  failed: number;
  /** Milliseconds of processor time in the measured program for each press. */
  cpu: number;
}

export interface Load {
  slack: SlackServer;
  url: string;
  secret: string;
  users: readonly string[];
  /** How many people press at the same time; each waits for the visible reply before the next press. */
  atOnce: number;
  /** The measured program. */
  pid: number;
  /** Presses before the clock starts. */
  warmUp: number;
  /** Milliseconds. */
  measure: number;
}

const spread = (times: readonly number[]) => ({ p50: quantile(times, 0.5), p99: quantile(times, 0.99) });

/** Presses in many direct conversations: "I'm stuck" and back, so that each press changes the message. */
export async function pressAll({
  slack,
  url,
  secret,
  users,
  atOnce,
  warmUp,
  measure,
  pid,
}: Load): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const waiting = new Map<string, () => void>();
  slack.changed = (channel) => {
    waiting.get(channel)?.();
    waiting.delete(channel);
  };
  const acks: number[] = [];
  const replies: number[] = [];
  let failed = 0;
  let cold = warmUp;
  let cpu = 0;
  let from = Number.POSITIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;

  function warm(): void {
    from = performance.now();
    until = from + measure;
    cpu = -cpuOf(pid);
    setTimeout(() => {
      cpu += cpuOf(pid);
    }, measure);
  }

  async function press(user: string): Promise<void> {
    const { model } = slack;
    const channel = model.direct(user);
    const message = channel.messages.findLast((m) => choicesOf(m).length > 0);
    const choice =
      message && choicesOf(message).find((c) => c.action.verb === 'stuck' || c.action.verb === 'to-step');
    if (!message || !choice) throw new Error(`nothing to press for ${user}`);
    const response = model.id('R');
    model.responseUrls.set(response, {
      user,
      channel: channel.id,
      ts: message.ts,
      uses: 0,
      until: Number.MAX_SAFE_INTEGER,
    });
    const { verb, about = '', step = '', revision = '', arg = '' } = choice.action;
    const payload = {
      type: 'block_actions',
      user: { id: user, team_id: model.team },
      team: { id: model.team },
      trigger_id: model.id('t'),
      api_app_id: 'A1',
      container: { type: 'message', message_ts: message.ts, channel_id: channel.id },
      channel: { id: channel.id },
      message: { ts: message.ts, text: message.text },
      response_url: `${slack.origin}/response/${response}`,
      actions: [
        {
          type: 'button',
          block_id: 'b',
          action_id: [verb, about, step, revision, arg].join('|'),
          action_ts: model.ts(),
          text: { type: 'plain_text', text: choice.label },
        },
      ],
      state: { values: {} },
    };
    const visible = new Promise<void>((resolve) => waiting.set(channel.id, resolve));
    const start = performance.now();
    const status = await post(
      agent,
      url,
      secret,
      new URLSearchParams({ payload: JSON.stringify(payload) }).toString(),
    );
    const acked = performance.now();
    const patience = new Promise<'late'>((resolve) => setTimeout(resolve, 10_000, 'late').unref());
    const outcome = await Promise.race([visible, patience]);
    model.responseUrls.delete(response);
    cold -= 1;
    if (cold === 0) warm();
    if (start < from || start > until) return;
    if (status !== 200 || outcome === 'late') failed += 1;
    acks.push(acked - start);
    replies.push(performance.now() - start);
  }

  const queue = [...users];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < until) {
        const user = queue.shift();
        if (user === undefined) return;
        await press(user);
        queue.push(user);
      }
    }),
  );
  agent.destroy();
  return {
    pressesPerSecond: replies.length / (measure / 1000),
    ack: spread(acks),
    reply: spread(replies),
    failed,
    cpu: cpu / replies.length,
  };
}

function post(agent: Agent, url: string, secret: string, body: string): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature(secret, timestamp, body),
      },
    });
    sent.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
