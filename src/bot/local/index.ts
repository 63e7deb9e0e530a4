import type { FastifyPluginAsync } from 'fastify';
import { Bell } from './bell.ts';
import { type LocalChannel, type LocalChannelParts, localChannel } from './channel.ts';
import { type LocalRoutesParts, localRoutes } from './routes.ts';

export type { LocalChannel } from './channel.ts';
export { loadPage, type Page } from './shell.ts';
export { keepOwnWords } from './transcript.ts';

export type LocalChatParts = Omit<LocalChannelParts & LocalRoutesParts, 'bell'>;

export interface LocalChat {
  channel: LocalChannel;
  routes: FastifyPluginAsync;
}

/** The browser chat: for trying the bot with no workspace at all, on this computer only. */
export function createLocalChat(parts: LocalChatParts): LocalChat {
  const bell = new Bell();
  return { channel: localChannel({ ...parts, bell }), routes: localRoutes({ ...parts, bell }) };
}
