import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { AgentSocket } from './link/agent-socket.ts';
import { type Arrival, Arrivals } from './link/arrivals.ts';
import { takeNote } from './link/boots.ts';
import { Hearing } from './link/hearing.ts';
import { LinkServer } from './link/link-server.ts';
import { Links } from './link/links.ts';
import { Presence } from './link/presence.ts';
import { takeUpgrades } from './link/upgrades.ts';
import type { DevicesParts } from './parts.ts';
import { certificateLook } from './tasks/certificate-look.ts';
import { Dispatch } from './tasks/dispatch.ts';
import { Endings } from './tasks/endings.ts';
import { tellOfSilence } from './tasks/silence.ts';
import { createUnpair, endTasksOfUnpaired, reconcile, type Unpair } from './unpair.ts';

/** In seconds: how often what is heard is written down, and watches are renewed. */
const noteEvery = 30;
/** Signatures for so many links are made in one go. */
const atOnce = 200;

/** The linked computers of this process, and what goes on with them. One timer for all. */
export class Agents {
  readonly unpair: Unpair;
  readonly #parts: DevicesParts;
  readonly #links = new Links();
  readonly #presence: Presence;
  readonly #server: LinkServer;
  readonly #arrivals: Arrivals;
  readonly #endings: Endings;
  readonly #dispatch: Dispatch;
  readonly #hearing: Hearing;
  readonly #gone = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #stopHeart: (() => void) | undefined;
  readonly #changed = new Set<string>();
  #seconds = 0;
  #turn: Promise<void> | null = null;
  #again = false;
  #deaf: (() => void) | undefined;

  constructor(parts: DevicesParts) {
    this.#parts = parts;
    const { prisma, policy, key, clock, log, trust, openscVersion } = parts;
    const links = this.#links;
    const presence = new Presence(prisma, randomUUID());
    this.#presence = presence;
    this.#endings = new Endings({ ...parts, circumstances: { trust: trust.trust, openscVersion } });
    this.#dispatch = new Dispatch({ prisma, links, presence, key, policy, clock, endings: this.#endings });
    this.unpair = createUnpair({ ...parts, farewell: (id) => this.#farewell(id) });
    this.#hearing = new Hearing({
      ...parts,
      endings: this.#endings,
      dispatch: this.#dispatch,
      unpair: this.unpair,
      askForCertificate: certificateLook({ ...parts, newId: randomUUID }),
    });
    this.#server = new LinkServer({
      links,
      key,
      policy,
      clock,
      log,
      hello: (hello) => this.#arrivals.add(hello),
      heard: (socket, frame) => this.#hearing.hear(socket, frame),
      gone: (id) => this.#gone.add(id),
    });
    this.#arrivals = new Arrivals({
      prisma,
      presence,
      server: () => this.#server,
      clock,
      log,
      arrived: (arrivals) => this.#arrived(arrivals),
    });
    policy.onChange(() => this.#tellPolicy());
  }

  get connected(): number {
    return this.#links.size;
  }

  /** Links refused or cut for what they sent, and results of other computers' tasks. */
  get refused(): number {
    const { refused, flooded } = this.#server.counts;
    return refused + flooded + this.#hearing.foreign;
  }

  attach(app: FastifyInstance): void {
    takeUpgrades(app, (...upgrade) => this.#server.upgrade(...upgrade));
    app.addHook('preClose', async () => this.#server.stop());
  }

  async start(): Promise<void> {
    const { policy, changes, pace = 1_000, heart = everySecond } = this.#parts;
    await policy.refresh();
    // A journey of somebody who is linked here has changed: there may be something to do.
    this.#deaf = changes.listen(({ journeyId }) => {
      if (journeyId === null || !this.#links.ofJourney(journeyId)) return;
      this.#changed.add(journeyId);
      this.#look();
    });
    this.#timer = setInterval(() => this.#look(), pace);
    this.#stopHeart = heart(() => this.#beat());
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopHeart?.();
    this.#deaf?.();
    await this.#arrivals.idle();
    while (this.#turn) await this.#turn;
    for (const { device } of this.#links) if (device) this.#gone.add(device.id);
    await this.#noteGone();
  }

  async sweep(): Promise<void> {
    const { prisma, happen, policy } = this.#parts;
    await this.#endings.expire();
    await this.#endings.finish();
    await endTasksOfUnpaired(prisma, new Date(this.#parts.clock()));
    await reconcile(prisma, happen, this.unpair);
    if (policy.mode !== 'off') await tellOfSilence(this.#parts);
  }

  #beat(): void {
    this.#seconds += 1;
    this.#server.beat();
    if (this.#seconds % noteEvery !== 0) return;
    this.#noteHeard().catch((error: unknown) =>
      this.#parts.log.error({ err: error }, 'who is linked could not be written down'),
    );
  }

  /** Looks for what is to be done, one look at a time: what comes up meanwhile is seen by the next. */
  #look(): void {
    this.#again = true;
    this.#turn ??= this.#turns().finally(() => {
      this.#turn = null;
    });
  }

  async #turns(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        await this.#work();
      } catch (error) {
        this.#parts.log.error({ err: error }, 'paired computers could not be served');
      }
    }
  }

  async #work(): Promise<void> {
    await this.#parts.policy.refresh();
    await this.#noteGone();
    if (this.#links.size === 0) return;
    await this.#dispatch.poll();
    for (const id of await this.#presence.unpairedHere()) this.#farewell(id);
    await this.#dispatch.renewWatches();
    await this.#endFinished();
  }

  /** With a journey ends the pairing of its computer. */
  async #endFinished(): Promise<void> {
    if (this.#changed.size === 0) return;
    const changed = [...this.#changed];
    this.#changed.clear();
    const done = await this.#parts.prisma.journey.findMany({
      where: { id: { in: changed }, status: 'done' },
      select: { id: true },
    });
    for (const { id } of done) {
      const device = this.#links.ofJourney(id)?.device;
      if (device) await this.unpair(device.id, 'journey-end');
    }
  }

  #farewell(deviceId: string): void {
    const socket = this.#links.of(deviceId);
    if (socket) this.#server.farewell(socket, 'unpaired');
    this.#gone.add(deviceId);
  }

  async #noteGone(): Promise<void> {
    if (this.#gone.size === 0) return;
    const ids = [...this.#gone].filter((id) => this.#links.of(id)?.stage !== 'linked');
    this.#gone.clear();
    if (ids.length === 0) return;
    await this.#presence.left(ids, new Date(this.#parts.clock()));
    this.#parts.changes.announce(null);
  }

  /** Whoever is linked to another process by now is told so. */
  async #noteHeard(): Promise<void> {
    const sockets = [...this.#links];
    const ids = sockets.flatMap(({ device }) => device?.id ?? []);
    const here = await this.#presence.heard(ids, new Date(this.#parts.clock()));
    for (const socket of sockets)
      if (socket.device && !here.has(socket.device.id)) this.#server.farewell(socket, 'replaced');
  }

  async #arrived(arrivals: readonly Arrival[]): Promise<void> {
    const sockets = arrivals.map(({ socket }) => socket);
    const sequences = new Map(arrivals.map(({ hello, sequence }) => [hello.device, sequence]));
    this.#dispatch.watch(sockets, sequences);
    for (const arrival of arrivals) await takeNote({ ...this.#parts, endings: this.#endings }, arrival);
    this.#parts.changes.announce(null);
    await this.#dispatch.resume(sockets);
  }

  #tellPolicy(): void {
    this.#parts.changes.announce(null);
    const sockets = [...this.#links];
    const some = () => {
      for (const socket of sockets.splice(0, atOnce)) this.#tellOne(socket);
      if (sockets.length > 0) setImmediate(some);
      else this.#look();
    };
    some();
  }

  /** With the mode a watch begins anew, or is over. */
  #tellOne(socket: AgentSocket): void {
    this.#server.tellPolicy(socket);
    socket.watch = null;
    socket.watchDue = 0;
  }
}

function everySecond(beat: () => void): () => void {
  const timer = setInterval(beat, 1_000);
  return () => clearInterval(timer);
}
