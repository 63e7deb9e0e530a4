import type { Block, View } from './block-rules.ts';

/** The workspace as Slack would keep it. */

export interface SlackUser {
  id: string;
  team_id: string;
  name: string;
  real_name: string;
  locale: string;
  tz: string;
  deleted: boolean;
  is_bot: boolean;
  is_restricted: boolean;
  is_ultra_restricted: boolean;
  is_stranger: boolean;
}

export interface SlackMessage {
  ts: string;
  user: string;
  text: string;
  bot_id?: string;
  blocks?: Block[];
  thread_ts?: string;
  subtype?: string;
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  edits: number;
}

export interface SlackChannel {
  id: string;
  kind: 'im' | 'private' | 'public';
  members: Set<string>;
  archived: boolean;
  messages: SlackMessage[];
}

export interface SlackFile {
  id: string;
  name: string;
  length: number;
  state: 'asked' | 'uploaded' | 'complete' | 'ready';
  looks: number;
}

export interface ResponseUrl {
  user: string;
  channel: string;
  ts: string;
  uses: number;
  until: number;
}

export interface Ephemeral {
  channel: string;
  user: string;
  text: string;
}

export class Model {
  readonly team = 'T1';
  readonly bot = 'UBOT';
  readonly botId = 'B1';
  readonly users = new Map<string, SlackUser>();
  readonly channels = new Map<string, SlackChannel>();
  readonly files = new Map<string, SlackFile>();
  readonly homes = new Map<string, View>();
  /** Forms that are open, by their id. */
  readonly modals = new Map<string, { user: string; view: View }>();
  readonly triggers = new Map<string, { user: string; until: number }>();
  readonly responseUrls = new Map<string, ResponseUrl>();
  readonly ephemerals: Ephemeral[] = [];
  clock: () => number = Date.now;
  #last = 0;
  #ids = 0;

  constructor() {
    this.addUser(this.bot, { is_bot: true });
  }

  addUser(id: string, more: Partial<SlackUser> = {}): SlackUser {
    const user = {
      id,
      team_id: this.team,
      name: id.toLowerCase(),
      real_name: `Person ${id}`,
      locale: 'en-US',
      tz: 'America/New_York',
      deleted: false,
      is_bot: false,
      is_restricted: false,
      is_ultra_restricted: false,
      is_stranger: false,
      ...more,
    };
    this.users.set(id, user);
    return user;
  }

  addChannel(id: string, kind: 'private' | 'public', members: string[]): SlackChannel {
    const channel = { id, kind, members: new Set(members), archived: false, messages: [] };
    this.channels.set(id, channel);
    return channel;
  }

  /** The direct conversation between the bot and this person. */
  direct(user: string): SlackChannel {
    const id = `D${user}`;
    const known = this.channels.get(id);
    if (known) return known;
    const channel: SlackChannel = {
      id,
      kind: 'im',
      members: new Set([user, this.bot]),
      archived: false,
      messages: [],
    };
    this.channels.set(id, channel);
    return channel;
  }

  id(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${this.#ids}`;
  }

  /** Unlike any before it, and later than all. */
  ts(): string {
    this.#last = Math.max(this.#last + 1, Math.floor(this.clock() * 1000));
    return `${Math.floor(this.#last / 1e6)}.${String(this.#last % 1e6).padStart(6, '0')}`;
  }

  message(channel: string, ts: string): SlackMessage | undefined {
    return this.channels.get(channel)?.messages.find((m) => m.ts === ts);
  }
}
