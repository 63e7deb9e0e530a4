import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { type Delivery, DeliveryError } from '../channel.ts';
import type { Staff } from './staff.ts';

/** A Slack conversation that can be posted to. */
export interface Place {
  channel: string;
  /** Whose direct conversation it is. */
  user?: string;
}

const reference = z.union([z.object({ user: z.string() }), z.object({ channel: z.string() })]);
const openedIm = z.object({ channel: z.object({ id: z.string() }) });
const most = 20_000;

/** Where a delivery goes: the person's direct conversation, or the help desk's channel while it is private. */
export class Places {
  readonly #client: webApi.WebClient;
  readonly #staff: Staff | null;
  readonly #direct = new Map<string, string>();

  constructor(client: webApi.WebClient, staff: Staff | null) {
    this.#client = client;
    this.#staff = staff;
  }

  /** Slack told in passing which conversation is this person's. */
  learn(user: string, channel: string): void {
    if (this.#direct.size >= most) this.#direct.clear();
    this.#direct.set(user, channel);
  }

  async of({ conversation, audience }: Delivery): Promise<Place> {
    const parsed = reference.safeParse(conversation.reference);
    if (!parsed.success)
      throw new DeliveryError('conversation-gone', 'This conversation is none of Slack.', {
        cause: parsed.error,
      });
    if ('user' in parsed.data) return this.direct(parsed.data.user);
    if (audience === 'staff') await this.#mustBePrivate(parsed.data.channel);
    return { channel: parsed.data.channel };
  }

  async direct(user: string): Promise<Place> {
    const known = this.#direct.get(user);
    if (known !== undefined) return { channel: known, user };
    const { channel } = openedIm.parse(await this.#client.conversations.open({ users: user }));
    this.learn(user, channel.id);
    return { channel: channel.id, user };
  }

  /** A conversation that Slack does not know (any more) is asked for anew next time. */
  forget({ user }: Place, fault: DeliveryError): void {
    if (user !== undefined && fault.code === 'conversation-gone') this.#direct.delete(user);
  }

  /** Staff posts tell who is in trouble, and where. */
  async #mustBePrivate(channel: string): Promise<void> {
    if (this.#staff?.channel !== channel)
      throw new DeliveryError(
        'conversation-gone',
        'This is not the help-desk channel any more (SLACK_HELPDESK_CHANNEL).',
      );
    if ((await this.#staff.privacy()) !== 'private')
      throw new DeliveryError('conversation-gone', 'The help-desk channel is public: make it private.');
  }
}
