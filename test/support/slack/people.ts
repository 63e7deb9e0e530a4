import { createHmac } from 'node:crypto';
import type { Block } from './block-rules.ts';
import type { SlackMessage } from './model.ts';
import type { SlackServer } from './server.ts';

/** What came back from the bot for one request or envelope. Over Socket Mode: 200 acknowledged, 0 not. */
export interface Answered {
  status: number;
  body: unknown;
}

export type Send = (
  kind: 'events_api' | 'interactive' | 'slash_commands',
  body: object,
  attempt?: number,
) => Promise<Answered>;

/** Slack's HTTP requests, signed. */
export function overHttp(url: string, secret: string, clock: () => number = Date.now): Send {
  return async (kind, body, attempt = 0) => {
    const form =
      kind === 'events_api'
        ? JSON.stringify(body)
        : kind === 'interactive'
          ? new URLSearchParams({ payload: JSON.stringify(body) }).toString()
          : new URLSearchParams(body as Record<string, string>).toString();
    const timestamp = String(Math.floor(clock() / 1000));
    const response = await fetch(url, {
      method: 'POST',
      body: form,
      headers: {
        'content-type': kind === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature(secret, timestamp, form),
        ...(attempt > 0 && { 'x-slack-retry-num': String(attempt), 'x-slack-retry-reason': 'http_error' }),
      },
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  };
}

export function signature(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

export function overSocket(slack: SlackServer): Send {
  return async (kind, body, attempt = 0) => {
    const acknowledged = await slack.socket.send(kind, body, 3000, attempt);
    return acknowledged ? { status: 200, body: acknowledged.payload } : { status: 0, body: '' };
  };
}

/** The people of the workspace: they write, press, open and send. */
export class People {
  readonly #slack: SlackServer;
  readonly #send: Send;
  /** Milliseconds before each redelivery of an event that was not acknowledged; Slack's: at once, 1 min, 5 min. */
  redeliver: readonly number[] = [0, 20, 60];

  constructor(slack: SlackServer, send: Send) {
    this.#slack = slack;
    this.#send = send;
  }

  /** Delivers an event as Slack does: again, up to three times, until it is acknowledged. */
  async event(event: object, id = this.#slack.model.id('Ev')): Promise<Answered> {
    const body = this.envelope(event, id);
    let answered = await this.#send('events_api', body);
    for (const [n, pause] of this.redeliver.entries()) {
      if (answered.status === 200) break;
      await new Promise((resolve) => setTimeout(resolve, pause));
      answered = await this.#send('events_api', body, n + 1);
    }
    return answered;
  }

  envelope(event: object, id: string): object {
    return {
      token: 'legacy',
      team_id: this.#slack.model.team,
      api_app_id: 'A1',
      type: 'event_callback',
      event_id: id,
      event_time: 1,
      event,
    };
  }

  /** Any body, once, without redelivery. */
  raw(kind: Parameters<Send>[0], body: object): Promise<Answered> {
    return this.#send(kind, body);
  }

  /** Writes in the direct conversation. */
  async say(user: string, text: string, more: object = {}): Promise<Answered> {
    const channel = this.#slack.model.direct(user);
    const message = { ts: this.#slack.model.ts(), user, text, edits: 0 };
    channel.messages.push(message);
    return this.event({
      type: 'message',
      channel_type: 'im',
      channel: channel.id,
      user,
      text,
      ts: message.ts,
      ...more,
    });
  }

  /** Presses the button with this label, in the latest message that has it; or in the given one. */
  async press(
    user: string,
    label: string,
    options: { message?: SlackMessage; channel?: string; values?: object; actionTs?: string } = {},
  ): Promise<Answered> {
    const { model } = this.#slack;
    const channel = options.channel ?? model.direct(user).id;
    const all = model.channels.get(channel)?.messages ?? [];
    const message = options.message ?? all.findLast((m) => find(m.blocks ?? [], label));
    const found = message && find(message.blocks ?? [], label);
    if (!message || !found) throw new Error(`nobody can press "${label}": it is not there`);
    const response = model.id('R');
    model.responseUrls.set(response, {
      user,
      channel,
      ts: message.ts,
      uses: 0,
      until: model.clock() + 30 * 60_000,
    });
    return this.#send('interactive', {
      ...this.#interaction(user, 'block_actions'),
      container: { type: 'message', message_ts: message.ts, channel_id: channel, is_ephemeral: false },
      channel: { id: channel, name: 'directmessage' },
      message: { type: 'message', ts: message.ts, text: message.text },
      response_url: `${this.#slack.origin}/response/${response}`,
      actions: [{ ...found, action_ts: options.actionTs ?? model.ts() }],
      state: { values: options.values ?? {} },
    });
  }

  /** Presses a button in the App Home. */
  async pressAtHome(user: string, label: string): Promise<Answered> {
    const found = find(this.#slack.model.homes.get(user)?.blocks ?? [], label);
    if (!found) throw new Error(`nobody can press "${label}" in the App Home: it is not there`);
    return this.#send('interactive', {
      ...this.#interaction(user, 'block_actions'),
      container: { type: 'view', view_id: `VHOME${user}` },
      view: { id: `VHOME${user}`, type: 'home' },
      actions: [{ ...found, action_ts: this.#slack.model.ts() }],
    });
  }

  /** Sends the form that is open. */
  async submit(user: string, text: string): Promise<Answered> {
    const open = [...this.#slack.model.modals].findLast(([, modal]) => modal.user === user);
    if (!open) throw new Error(`no form is open for ${user}`);
    const [id, { view }] = open;
    const answered = await this.#send('interactive', {
      ...this.#interaction(user, 'view_submission'),
      view: {
        id,
        ...view,
        state: { values: { text: { typed: { type: 'plain_text_input', value: text } } } },
      },
    });
    if (JSON.stringify(answered.body ?? '').includes('errors') === false) this.#slack.model.modals.delete(id);
    return answered;
  }

  async command(user: string, text: string, channel = 'CGENERAL'): Promise<Answered> {
    const { model } = this.#slack;
    return this.#send('slash_commands', {
      token: 'legacy',
      command: '/ecadesk',
      text,
      team_id: model.team,
      user_id: user,
      user_name: user.toLowerCase(),
      channel_id: channel,
      channel_name: 'x',
      api_app_id: 'A1',
      is_enterprise_install: 'false',
      trigger_id: model.id('trigger-'),
      response_url: `${this.#slack.origin}/response/none`,
    });
  }

  #interaction(user: string, type: string): object {
    const { model } = this.#slack;
    const trigger = model.id('trigger-');
    model.triggers.set(trigger, { user, until: model.clock() + 3000 });
    return {
      type,
      user: { id: user, username: user.toLowerCase(), name: user, team_id: model.team },
      team: { id: model.team, domain: 'test' },
      api_app_id: 'A1',
      token: 'legacy',
      trigger_id: trigger,
      enterprise: null,
      is_enterprise_install: false,
    };
  }
}

/** The button or menu entry with this label, as Slack reports its press. */
function find(blocks: readonly Block[], label: string): object | undefined {
  for (const block of blocks) {
    if (block.type !== 'actions') continue;
    const { block_id = 'generated' } = block;
    for (const element of block.elements) {
      if (element.type === 'button' && element.text.text === label)
        return {
          type: 'button',
          block_id,
          action_id: element.action_id,
          text: element.text,
          ...(element.value !== undefined && { value: element.value }),
        };
      if (element.type === 'overflow') {
        const option = element.options.find((o) => o.text.text === label);
        if (option)
          return { type: 'overflow', block_id, action_id: element.action_id, selected_option: option };
      }
    }
  }
  return undefined;
}
