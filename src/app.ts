import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Channel } from './bot/channel.ts';
import { sweepTimers } from './bot/clockwork.ts';
import { Deliverer } from './bot/delivery/deliverer.ts';
import { releaseAll } from './bot/delivery/outbox.ts';
import { Pacer } from './bot/delivery/pacer.ts';
import { createEngine, type Engine } from './bot/engine.ts';
import { createLocalChat, loadPage } from './bot/local/index.ts';
import type { House } from './bot/speech/house.ts';
import { tenantWindows, threadWindows } from './bot/teams/pacing.ts';
import type { Config } from './config.ts';
import type { Happen } from './flows/happen.ts';
import { openLibrary } from './library.ts';
import { createServer } from './server/create-server.ts';
import { listen } from './server/listen.ts';
import { loopbackOnly } from './server/loopback.ts';
import { createMetrics } from './server/metrics.ts';
import { Changes } from './store/changes.ts';
import { openDatabase } from './store/database.ts';
import { openJournal } from './store/open-journal.ts';
import { Queue } from './store/queue.ts';
import { staffConversation } from './store/staff-conversation.ts';

export interface App {
  /** Where it listens, such as "http://127.0.0.1:3978". */
  address: string;
  happen: Happen;
  receive: Engine['receive'];
  /** Lets due reminders and waiting messages go now; the queue does so every few seconds. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

export interface AppParts {
  config: Config;
  logger: Logger;
  clock?: () => number;
}

const pages = fileURLToPath(new URL('../dist/pages', import.meta.url));
const pictures = fileURLToPath(new URL('./flows/eca-download/pictures', import.meta.url));

/** Puts the parts together and starts them; the only place that knows everybody. */
export async function startApp({ config, logger, clock = Date.now }: AppParts): Promise<App> {
  const now = () => new Date(clock());
  const database = await openDatabase({
    url: config.data.databaseUrl ?? undefined,
    dataDir: config.data.dir,
    log: (message) => logger.info(message),
  });
  const { prisma } = database;
  const library = await openLibrary(prisma, config, now());
  const changes = new Changes();
  const metrics = createMetrics();
  const channels = new Map<string, Channel>();
  const deliverer = new Deliverer({
    prisma,
    channels,
    pacers: new Map(
      config.teams
        ? [
            [
              'teams',
              {
                conversation: new Pacer(threadWindows(config.teams.threadPerSecond)),
                all: new Pacer(tenantWindows(config.teams.tenantPerSecond)),
              },
            ],
          ]
        : [],
    ),
    process: randomUUID(),
    clock,
    random: Math.random,
    log: logger,
  });
  const house: House = {
    contact: config.desk.contact,
    hours: config.desk.hours?.text ?? null,
    timeZone: config.flow.timeZone,
    pairing: false,
  };
  const staff: string[] = [];
  const engine = createEngine({
    journal: openJournal(prisma, randomUUID),
    flowOf: library.flowOf,
    flowId: library.flowId,
    house,
    clock,
    newId: randomUUID,
    staff,
    sideTalks: [],
    delivered(journeyId, conversations, hints) {
      deliverer.wake(conversations, hints);
      changes.announce(journeyId);
    },
    ownWords: async (incoming, text) => {
      if (incoming.from.provider === 'local')
        await local?.channel.keepOwnWords(incoming.id, incoming.conversation.key, text, incoming.at);
    },
  });
  const local = config.localChat
    ? createLocalChat({
        database,
        clock: now,
        receive: engine.receive,
        picturesDir: pictures,
        guard: loopbackOnly,
        page: await loadPage(pages),
      })
    : null;
  const server = await createServer({
    config: config.server,
    logger,
    metrics,
    apiKeys: config.desk.apiKeys,
    checks: { database: () => prisma.$queryRaw`SELECT 1` },
  });
  if (local) {
    channels.set('local', local.channel);
    await server.app.register(local.routes);
  }
  let address: string | null = config.server.publicUrl;
  if (config.teams) {
    const { createTeams } = await import('./bot/teams/index.ts');
    const teams = await createTeams({
      settings: config.teams,
      receive: engine.receive,
      baseUrl: () => address,
      picturesDir: pictures,
      clock,
      log: logger,
    });
    channels.set('teams', teams.channel);
    await server.app.register(teams.routes);
  }
  for (const channel of channels.values()) {
    if (channel.staffConversation)
      staff.push(await staffConversation(prisma, channel.provider, channel.staffConversation, randomUUID));
    await channel.start?.();
  }
  metrics.watch('ecadesk_outbox_pending', 'Messages that wait to be delivered', () =>
    prisma.outbox.count({ where: { status: 'pending' } }),
  );
  metrics.watch('ecadesk_journeys_stuck', 'People who are stuck', () =>
    prisma.journey.count({ where: { status: 'stuck' } }),
  );

  const sweepTime = () => sweepTimers(prisma, engine.happen, clock(), config.flow.timeZone);
  const queue = new Queue(database, logger);
  const listening = await listen(server.app, config.server);
  if (config.teams?.anonymous) address ??= listening;
  await queue.start([
    { name: 'timers', everySeconds: 5, work: sweepTime },
    { name: 'outbox', everySeconds: 10, work: () => deliverer.sweep() },
  ]);
  if (database.kind === 'embedded') await releaseAll(prisma);
  // What was committed before the last end is delivered now, not at the queue's next tick.
  await deliverer.sweep();

  return {
    address: listening,
    happen: engine.happen,
    receive: engine.receive,
    async sweep() {
      await sweepTime();
      await deliverer.sweep();
      await deliverer.idle();
    },
    async stop() {
      await server.stop();
      await queue.stop();
      await deliverer.stop();
      for (const channel of channels.values()) await channel.stop?.();
      await database.close();
    },
  };
}
