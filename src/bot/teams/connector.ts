/** The calls of the Bot Connector that this product makes, free of any SDK's types. All throw `ConnectorFault`. */
export interface Connector {
  /** The new message's id. */
  post(conversation: string, activity: OutgoingActivity): Promise<string>;
  update(conversation: string, id: string, activity: OutgoingActivity): Promise<void>;
  remove(conversation: string, id: string): Promise<void>;
  /** A thread of its own in a channel, begun by this message. */
  startThread(
    place: { channel: string; tenant: string; bot: string },
    activity: OutgoingActivity,
  ): Promise<{ conversation: string; activity: string }>;
  /** A person's own chat with the bot; the same one each time. */
  ownChat(who: { user: string; tenant: string; bot: string }): Promise<string>;
  members(conversation: string, page?: string): Promise<{ members: Member[]; next?: string }>;
}

export interface OutgoingActivity {
  type: 'message';
  /** Shown in notifications. */
  summary?: string;
  text?: string;
  textFormat?: 'plain';
  attachments?: { contentType: string; content: unknown }[];
}

export interface Member {
  id: string;
  aadObjectId?: string;
  tenantId?: string;
  /** "user", "guest", "anonymous", "bot", … */
  userRole?: string;
}

/** For one service address. */
export type ConnectorFor = (serviceUrl: string) => Promise<Connector>;
