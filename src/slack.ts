import type { Logger } from 'pino';
import { z } from 'zod';
import { Pacer, type Pacers } from './bot/delivery/pacer.ts';
import type { IdentityKey, Receive } from './bot/incoming.ts';
import type { Message } from './bot/message.ts';
import type { Slack } from './bot/slack/parts.ts';
import type { SlackConfig } from './config/slack.ts';
import type { PrismaClient } from './store/generated/client.ts';

export interface SlackInThisHouse {
  config: SlackConfig;
  publicUrl: string | null;
  picturesDir: string;
  prisma: PrismaClient;
  receive: Receive;
  home(who: IdentityKey): Promise<Message[]>;
  clock: () => Date;
  logger: Logger;
}

/** Slack's limits for messages: one at a time in a conversation, so many a minute in the workspace. */
export function slackPacers({ channelIntervalMs, postsPerMinute }: SlackConfig): Pacers {
  return {
    conversation: new Pacer(channelIntervalMs > 0 ? [{ per: channelIntervalMs, max: 1 }] : []),
    all: new Pacer([{ per: 60_000, max: postsPerMinute }]),
  };
}

/** Slack with this house's database, pictures and log. Its SDK is loaded only where Slack is on. */
export async function openSlack(parts: SlackInThisHouse): Promise<Slack> {
  const { createSlack, pictureFolder } = await import('./bot/slack/index.ts');
  const { config, prisma, receive, home, clock, logger } = parts;
  return createSlack({
    settings: config,
    receive,
    home,
    pictures: pictureFolder(parts.picturesDir, config.appToken === null ? parts.publicUrl : null),
    keep: settingsTable(prisma, clock),
    clock,
    log: logger,
  });
}

function settingsTable(prisma: PrismaClient, clock: () => Date) {
  return {
    async get(id: string): Promise<unknown> {
      return (await prisma.setting.findUnique({ where: { id } }))?.value;
    },
    async set(id: string, value: string): Promise<void> {
      const row = { value: z.string().parse(value), changedAt: clock(), changedBy: 'slack' };
      await prisma.setting.upsert({ where: { id }, create: { id, ...row }, update: row });
    },
  };
}
