import { z } from 'zod';
import type { AgentMode } from '../agent/protocol.ts';
import type { PrismaClient } from '../store/generated/client.ts';

const id = 'agents-stopped';
const stop = z.object({ stopped: z.boolean(), name: z.string().default('') });

export interface Stopped {
  by: string;
  at: Date;
}

/**
 * What paired computers may do at this moment: the setting AGENT, or nothing while a lead has stopped them all. The
 * stop stands in the database; every process looks each second, so it holds everywhere within two.
 */
export class Policy {
  readonly configured: AgentMode;
  readonly #prisma: PrismaClient;
  readonly #clock: () => number;
  readonly #listeners = new Set<() => void>();
  #stopped: Stopped | null = null;

  constructor(prisma: PrismaClient, configured: AgentMode, clock: () => number) {
    this.#prisma = prisma;
    this.configured = configured;
    this.#clock = clock;
  }

  get mode(): AgentMode {
    return this.#stopped ? 'off' : this.configured;
  }

  /** Who has stopped all agents, and when; null: nobody. */
  get stopped(): Stopped | null {
    return this.#stopped;
  }

  /** Calls back when the mode has changed. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async refresh(): Promise<void> {
    const row = await this.#prisma.setting.findUnique({ where: { id } });
    const value = stop.safeParse(row?.value).data;
    const before = this.mode;
    this.#stopped = row && value?.stopped ? { by: value.name || row.changedBy, at: row.changedAt } : null;
    if (this.mode !== before) for (const listener of this.#listeners) listener();
  }

  async stop(by: { id: string; name: string }): Promise<void> {
    await this.#set(true, by);
  }

  async resume(by: { id: string; name: string }): Promise<void> {
    await this.#set(false, by);
  }

  async #set(stopped: boolean, by: { id: string; name: string }): Promise<void> {
    const row = { value: { stopped, name: by.name }, changedBy: by.id, changedAt: new Date(this.#clock()) };
    await this.#prisma.setting.upsert({ where: { id }, create: { id, ...row }, update: row });
    await this.refresh();
  }
}
