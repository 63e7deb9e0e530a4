import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { actionName, allows, type Command, type KeyPair, seal } from '../../agent/protocol.ts';
import { Prisma, type PrismaClient } from '../../store/generated/client.ts';
import { storable } from '../../store/json.ts';
import type { AgentSocket } from '../link/agent-socket.ts';
import { newNonce } from '../link/link-server.ts';
import type { Links } from '../link/links.ts';
import type { Presence } from '../link/presence.ts';
import type { Policy } from '../policy.ts';
import { type Endings, unended } from './endings.ts';

export interface DispatchParts {
  prisma: PrismaClient;
  links: Links;
  presence: Presence;
  key: KeyPair;
  policy: Policy;
  clock: () => number;
  endings: Endings;
}

interface Task {
  id: string;
  deviceId: string;
  action: string;
  parameters: unknown;
  expiresAt: Date;
}

/** Minutes that a watch lasts; the next one begins before its end. */
const watchMinutes = 60;
const minute = 60_000;
const renewal = (watchMinutes - 5) * minute;
/** After a watch that ended by itself (no software to watch with, say) the next one waits a little. */
const watchPause = 5 * minute;

const numbered = z.array(z.object({ sequence: z.number().int() }));
const ids = z.array(z.object({ id: z.string() }));

/** Seals tasks and sends them to the computers that are linked to this process. */
export class Dispatch {
  readonly #parts: DispatchParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: DispatchParts) {
    this.#parts = parts;
  }

  /** Sends what waits for the computers linked here, whichever process wrote it. */
  async poll(): Promise<void> {
    const { prisma, links, clock } = this.#parts;
    if (links.size === 0) return;
    const waiting = await prisma.deviceTask.findMany({
      where: { status: 'pending', result: { equals: Prisma.DbNull }, expiresAt: { gt: new Date(clock()) } },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    await this.#offer(waiting);
  }

  /** These have just linked: whatever is not over is sent (again), under its own name. */
  async resume(sockets: readonly AgentSocket[]): Promise<void> {
    const { prisma, clock } = this.#parts;
    const deviceIds = sockets.flatMap(({ device }) => device?.id ?? []);
    const open = await prisma.deviceTask.findMany({
      where: {
        deviceId: { in: deviceIds },
        status: { in: unended },
        result: { equals: Prisma.DbNull },
        expiresAt: { gt: new Date(clock()) },
      },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    await this.#offer(open);
  }

  /** Has these computers tell of tokens, each from its own next sequence. */
  watch(sockets: readonly AgentSocket[], sequences: ReadonlyMap<string, number>): void {
    for (const socket of sockets) {
      const sequence = sequences.get(socket.device?.id ?? '');
      if (sequence === undefined || !this.#mayWatch(socket)) continue;
      const now = this.#parts.clock();
      socket.watch = randomUUID();
      socket.watchDue = now + renewal;
      const expiresAt = new Date(now + watchMinutes * minute);
      const parameters = { minutes: watchMinutes };
      this.#send(socket, { id: socket.watch, action: 'token.watch', parameters, expiresAt }, sequence);
    }
  }

  /** Begins the watches that are due. */
  async renewWatches(): Promise<void> {
    const { links, presence, clock } = this.#parts;
    const now = clock();
    const due: AgentSocket[] = [];
    for (const socket of links) if (socket.watchDue <= now && this.#mayWatch(socket)) due.push(socket);
    if (due.length === 0) return;
    await this.#inTurn(async () =>
      this.watch(due, await presence.next(due.flatMap(({ device }) => device?.id ?? []))),
    );
  }

  /** The watch is over; what an older one says of its end is nothing. */
  watchEnded(socket: AgentSocket, task: string): void {
    if (socket.watch !== task) return;
    socket.watch = null;
    socket.watchDue = this.#parts.clock() + watchPause;
  }

  #mayWatch({ device, stage }: AgentSocket): boolean {
    return stage === 'linked' && device?.on === true && allows(this.#parts.policy.mode, 'token.watch');
  }

  async #offer(tasks: readonly Task[]): Promise<void> {
    const { links, policy } = this.#parts;
    if (policy.mode === 'off') return;
    for (const [deviceId, own] of Map.groupBy(tasks, (task) => task.deviceId)) {
      const socket = links.of(deviceId);
      const fresh = socket ? own.filter(({ id }) => !socket.sent?.has(id)) : [];
      if (socket && fresh.length > 0) await this.#hand(socket, fresh);
    }
  }

  /** What takes sequences is sent before others take theirs: an agent refuses one below its last. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {});
    return mine;
  }

  async #hand(socket: AgentSocket, tasks: readonly Task[]): Promise<void> {
    const { policy, endings } = this.#parts;
    const refuse = (task: Task, code: string) =>
      endings.end(task.id, task.deviceId, { status: 'failed', code, message: '' });
    const allowed: Task[] = [];
    for (const task of tasks) {
      const action = actionName.safeParse(task.action).data;
      if (action === undefined || !allows(policy.mode, action)) await refuse(task, 'not-allowed');
      else if (!socket.device?.on) await refuse(task, 'switched-off');
      else allowed.push(task);
    }
    // Noted before the wait, so that a poll meanwhile does not send it too.
    const sent = socket.sent ?? new Set();
    socket.sent = sent;
    for (const { id } of allowed) sent.add(id);
    try {
      await this.#inTurn(() => this.#sendAll(socket, allowed));
    } catch (error) {
      for (const { id } of allowed) sent.delete(id);
      throw error;
    }
  }

  async #sendAll(socket: AgentSocket, tasks: readonly Task[]): Promise<void> {
    const going = await this.#mark(tasks);
    const sequence = await this.#sequence(socket, going.length);
    for (const [n, task] of going.entries()) this.#send(socket, task, sequence + n);
  }

  /** Notes that they are on their way. @returns those that are not over meanwhile */
  async #mark(tasks: readonly Task[]): Promise<Task[]> {
    if (tasks.length === 0) return [];
    const rows = await this.#parts.prisma.$queryRaw`UPDATE "DeviceTask"
      SET "sentAt" = coalesce("sentAt", ${new Date(this.#parts.clock())}::timestamptz)
      WHERE id IN (SELECT v::uuid FROM jsonb_array_elements_text(${storable(tasks.map((t) => t.id))}::jsonb) AS v)
        AND status IN ('pending', 'running') AND result IS NULL RETURNING id`;
    const going = new Set(ids.parse(rows).map(({ id }) => id));
    return tasks.filter(({ id }) => going.has(id));
  }

  /** The first of as many numbers that nobody else has. */
  async #sequence({ device }: AgentSocket, count: number): Promise<number> {
    if (count === 0 || !device) return 0;
    const rows = await this.#parts.prisma.$queryRaw`UPDATE "Device"
      SET sequence = sequence + ${count}::int WHERE id = ${device.id}::uuid RETURNING sequence`;
    return (numbered.parse(rows)[0]?.sequence ?? 0) - count + 1;
  }

  #send(socket: AgentSocket, task: Omit<Task, 'deviceId'>, sequence: number): void {
    if (!socket.device) return;
    const command: Command = {
      task: task.id,
      device: socket.device.id,
      sequence,
      nonce: newNonce(),
      action: task.action,
      parameters: task.parameters,
      issuedAt: this.#parts.clock(),
      expiresAt: task.expiresAt.getTime(),
    };
    socket.tell({ type: 'command', signed: seal(this.#parts.key.privateKey, 'command', command) });
  }
}
