import type { FastifyPluginAsync } from 'fastify';
import type { Channel } from '../channel.ts';
import type { IdentityKey, Receive } from '../incoming.ts';
import type { Message } from '../message.ts';

export interface SlackSettings {
  botToken: string;
  /** Null in Socket Mode only. */
  signingSecret: string | null;
  /** Not null: Socket Mode. */
  appToken: string | null;
  /** Null: Slack's own. */
  apiUrl: string | null;
  /** The help desk's private channel; its members are staff. */
  helpDeskChannel: string | null;
}

/** Where the flow's pictures are. */
export interface PictureSource {
  /** An https address that Slack can reach, or null: then it is uploaded. */
  address(file: string): string | null;
  /** Its bytes. @throws where there is no such picture */
  read(file: string): Promise<Uint8Array>;
}

/** Small facts that outlive the process (ids of uploaded pictures). */
export interface Keep {
  get(id: string): Promise<unknown>;
  set(id: string, value: string): Promise<void>;
}

/** The part of the application's logger that Slack needs. Fields first, as pino has it. */
export interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

export interface SlackParts {
  settings: SlackSettings;
  receive: Receive;
  /** What this person's App Home shows: their own progress, and for staff who is stuck. */
  home(who: IdentityKey): Promise<Message[]>;
  pictures: PictureSource;
  keep: Keep;
  clock: () => Date;
  log: Log;
  /** How long an event may take to be saved, in milliseconds; Slack gives 3,000 in all. */
  saveWithin?: number;
}

export interface Slack {
  channel: Channel;
  /** `POST /slack/events`; null in Socket Mode, where Slack needs no address of ours. */
  routes: FastifyPluginAsync | null;
}

/** Something in the Slack set-up that only a person can mend; the sentence says how. */
export class SlackSetupError extends Error {
  override name = 'SlackSetupError';
  readonly code = 'slack-setup';
}
