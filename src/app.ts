import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { agentsFor } from './agents-for-desk.ts';
import type { Channel, TenantName } from './bot/channel.ts';
import { sweepTimers } from './bot/clockwork.ts';
import { Deliverer } from './bot/delivery/deliverer.ts';
import { releaseAll } from './bot/delivery/outbox.ts';
import type { Pacers } from './bot/delivery/pacer.ts';
import { createEngine, type Engine, type SideTalk } from './bot/engine.ts';
import { homeOf } from './bot/home.ts';
import type { IdentityKey } from './bot/incoming.ts';
import { sweepLinks } from './bot/linking/sweep.ts';
import { linkTalk } from './bot/linking/talk.ts';
import { createLocalChat, loadPage } from './bot/local/index.ts';
import { Pulse } from './bot/pulse.ts';
import type { House } from './bot/speech/house.ts';
import type { Config } from './config.ts';
import { createDesk } from './desk/index.ts';
import { staffTalk, stuckPeople } from './desk/talk/staff-talk.ts';
import { createDevices, openServerKey, openTrust, Policy, refuseUpgrades } from './devices/index.ts';
import type { Happen } from './flows/happen.ts';
import { watchState } from './gauges.ts';
import { openLibrary } from './library.ts';
import { createServer } from './server/create-server.ts';
import { listen } from './server/listen.ts';
import { loopbackOnly } from './server/loopback.ts';
import { createMetrics } from './server/metrics.ts';
import { openSlack, slackPacers } from './slack.ts';
import { Changes } from './store/changes.ts';
import { openDatabase } from './store/database.ts';
import { openJournal } from './store/open-journal.ts';
import { Queue } from './store/queue.ts';
import { sweepRetention } from './store/retention.ts';
import { staffConversation } from './store/staff-conversation.ts';
import { openTeams, teamsPacers } from './teams.ts';

export interface App {
  /** Where it listens, such as "http://127.0.0.1:3978". */
  address: string;
  happen: Happen;
  receive: Engine['receive'];
  /** The console's path with a one-time token. */
  issueSignIn(staff: { id: string; name: string }): Promise<string>;
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
  const pulse = new Pulse(metrics, () => performance.now());
  const channels = new Map<string, Channel>();
  const tenantName: TenantName = (place) => channels.get(place.provider)?.tenantName?.(place.tenant) ?? null;
  const pacers = new Map<string, Pacers>();
  const deliverer = new Deliverer({
    prisma,
    channels,
    pacers,
    process: randomUUID(),
    clock,
    random: Math.random,
    arrived: (place) => pulse.arrived(place),
    log: logger,
  });
  const policy = new Policy(prisma, config.agent.mode, clock);
  const house: House = {
    contact: config.desk.contact,
    hours: config.desk.hours?.text ?? null,
    timeZone: config.flow.timeZone,
    agent: policy,
    openscVersion: config.flow.openscVersion,
  };
  const staff: string[] = [];
  const sideTalks: SideTalk[] = [];
  const journal = openJournal(prisma, randomUUID);
  const engine = createEngine({
    journal,
    flowOf: library.flowOf,
    flowId: library.flowId,
    house,
    clock,
    newId: randomUUID,
    staff,
    sideTalks,
    ready: (conversation) => deliverer.ready(conversation),
    delivered(journeyId, conversations, hints, taken) {
      deliverer.wake(conversations, hints, taken);
      changes.announce(journeyId);
    },
    ownWords: async (incoming, text) => {
      if (incoming.from.provider === 'local')
        await local?.channel.keepOwnWords(incoming.id, incoming.conversation.key, text, incoming.at);
    },
  });
  const receive = pulse.watch(engine.receive);
  const local = config.localChat
    ? createLocalChat({
        database,
        clock: now,
        receive,
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
  const { publicUrl } = config.server;
  let address: string | null = publicUrl;
  let listening = '';
  const devices =
    policy.configured === 'off'
      ? null
      : createDevices({
          prisma,
          journal,
          happen: engine.happen,
          flowOf: library.flowOf,
          changes,
          policy,
          key: await openServerKey(config.data.serverKeyFile, config.data.dir),
          trust: await openTrust(config.trust.bundleFile, config.trust.roots),
          openscVersion: config.flow.openscVersion,
          clock,
          log: logger,
          wake: (conversations) => deliverer.wake(conversations),
          address: () => address ?? listening,
          tenantName,
        });
  const agents = agentsFor(config.desk.leads, devices, policy);
  const desk = createDesk({
    ...agents,
    prisma,
    flowOf: library.flowOf,
    flowId: library.flowId,
    clock: now,
    happen: engine.happen,
    issueChanged: async () => {
      const under = await prisma.journey.findMany({
        where: { status: { notIn: ['done', 'new', 'merged'] } },
        select: { id: true },
      });
      for (const { id } of under) await engine.happen(id, { type: 'issues-changed' }, { kind: 'desk' });
    },
    changes,
    random: randomBytes,
    apiKeys: config.desk.apiKeys,
    publicUrl: config.server.publicUrl,
    page: {
      script: await readFile(join(pages, 'desk.js'), 'utf8'),
      style: await readFile(join(pages, 'desk.css'), 'utf8'),
    },
  });
  await server.app.register(desk.routes);
  const reading = { prisma, flowOf: library.flowOf, clock: now };
  const isStaff = async (who: IdentityKey) => (await channels.get(who.provider)?.isStaff?.(who)) ?? false;
  if (devices) await devices.routes(server.app);
  else refuseUpgrades(server.app);
  if (devices) sideTalks.push(devices.talk);
  sideTalks.push(
    staffTalk({
      ...agents,
      isStaff,
      happen: engine.happen,
      reading,
      issueSignIn: desk.issueSignIn,
      publicUrl,
    }),
  );
  sideTalks.push(
    linkTalk({
      prisma,
      journal,
      plan: engine.plan,
      flowOf: library.flowOf,
      flowId: library.flowId,
      clock,
      newId: randomUUID,
      random: randomBytes,
      tenantName,
    }),
  );
  if (config.slack) {
    const slack = await openSlack({
      config: config.slack,
      publicUrl,
      picturesDir: pictures,
      prisma,
      receive,
      clock: now,
      logger,
      async home(who) {
        const own = await homeOf({ journal, flowOf: library.flowOf, house, clock }, who);
        return (await isStaff(who)) ? [...(await stuckPeople(reading)), own] : [own];
      },
    });
    channels.set('slack', slack.channel);
    pacers.set('slack', slackPacers(config.slack));
    if (slack.routes) await server.app.register(slack.routes);
  }
  if (config.teams) {
    const teams = await openTeams({
      settings: config.teams,
      receive,
      baseUrl: () => address,
      picturesDir: pictures,
      clock,
      log: logger,
    });
    channels.set('teams', teams.channel);
    pacers.set('teams', teamsPacers(config.teams));
    await server.app.register(teams.routes);
  }
  for (const channel of channels.values()) {
    if (channel.staffConversation)
      staff.push(await staffConversation(prisma, channel.provider, channel.staffConversation, randomUUID));
    await channel.start?.();
  }
  watchState(metrics, prisma, devices);

  const sweepTime = async () => {
    await sweepTimers({ prisma, happen: engine.happen, clock, zone: config.flow.timeZone, log: logger });
    await sweepLinks({ prisma, clock, newId: randomUUID, wake: (places) => deliverer.wake(places) });
  };
  const tidyUp = async () => {
    await sweepRetention(prisma, config.retain, clock());
    await database.tidy();
  };
  const queue = new Queue(database, logger);
  await devices?.start();
  listening = await listen(server.app, config.server);
  if (config.teams?.anonymous) address ??= listening;
  if (database.kind === 'embedded') await releaseAll(prisma);
  await queue.start([
    { name: 'timers', everySeconds: 5, work: sweepTime },
    { name: 'outbox', everySeconds: 10, work: () => deliverer.sweep() },
    { name: 'tidy', everySeconds: 6 * 3600, work: tidyUp },
    ...(devices ? [{ name: 'computers', everySeconds: 5, work: devices.sweep }] : []),
  ]);
  // What was committed before the last end is delivered now, not at the queue's next tick.
  await deliverer.sweep();

  return {
    address: listening,
    happen: engine.happen,
    receive,
    issueSignIn: desk.issueSignIn,
    async sweep() {
      await sweepTime();
      await devices?.sweep();
      await deliverer.sweep();
      await deliverer.idle();
    },
    async stop() {
      await server.stop(6000);
      await devices?.stop();
      await queue.stop();
      await deliverer.stop(3000);
      for (const channel of channels.values()) await channel.stop?.();
      await database.close();
    },
  };
}
