import { agentHello, readPublicKey, unseal } from '../../agent/protocol.ts';
import type { PrismaClient } from '../../store/generated/client.ts';
import { type DeviceSystem, deviceSystem } from '../device.ts';
import type { Log } from '../log.ts';
import type { AgentSocket } from './agent-socket.ts';
import type { Hello, LinkServer } from './link-server.ts';
import type { Presence } from './presence.ts';

/** As many are proven at once, with three statements; between them others get their turn. */
const atOnce = 200;

/** A device that was linked just now, with what was known of it before. */
export interface Arrival {
  socket: AgentSocket;
  hello: Hello['told'];
  before: DeviceSystem;
  disabledAt: Date | null;
  /** The sequence of its first command. */
  sequence: number;
}

export interface ArrivalParts {
  prisma: PrismaClient;
  presence: Presence;
  server: () => LinkServer;
  clock: () => number;
  log: Log;
  /** They have been welcomed. */
  arrived(arrivals: readonly Arrival[]): Promise<void>;
}

interface DeviceRow {
  id: string;
  journeyId: string;
  publicKey: string;
  system: unknown;
  unpairedAt: Date | null;
  disabledAt: Date | null;
}

/** Proves those who say hello, many at a time: ten thousand come back at once when the network does. */
export class Arrivals {
  readonly #parts: ArrivalParts;
  #waiting: Hello[] = [];
  #busy: Promise<void> | null = null;

  constructor(parts: ArrivalParts) {
    this.#parts = parts;
  }

  add(hello: Hello): void {
    this.#waiting.push(hello);
    this.#busy ??= this.#work().finally(() => {
      this.#busy = null;
    });
  }

  /** Resolves once nobody waits to be proven. */
  async idle(): Promise<void> {
    while (this.#busy) await this.#busy;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Those who come in the same moment share the statements.
      await new Promise((resolve) => setImmediate(resolve));
      const hellos = this.#waiting.splice(0, atOnce);
      await this.#prove(hellos).catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'agents could not be welcomed');
        for (const { socket } of hellos) if (socket.stage === 'proving') socket.refuse(1013);
      });
    }
  }

  async #prove(hellos: readonly Hello[]): Promise<void> {
    const { prisma, presence, clock, arrived } = this.#parts;
    const server = this.#parts.server();
    const ids = [...new Set(hellos.map(({ told }) => told.device))];
    const rows = await prisma.device.findMany({ where: { id: { in: ids } } });
    const known = new Map<string, DeviceRow>(rows.map((row) => [row.id, row]));
    const proven = hellos.flatMap((hello) => {
      const row = known.get(hello.told.device);
      return this.#isProven(hello, row) && row ? [{ ...hello, row }] : [];
    });
    if (proven.length === 0) return;
    const sequences = await presence.arrived(
      [...new Set(proven.map(({ row }) => row.id))],
      new Date(clock()),
    );
    const arrivals = proven.flatMap(({ socket, told, row }): Arrival[] => {
      const sequence = sequences.get(row.id);
      const before = deviceSystem.parse(row.system);
      if (sequence === undefined) this.#unpaired(socket, told, row.id);
      if (sequence === undefined || socket.readyState !== socket.OPEN) return [];
      socket.device = { id: row.id, journeyId: row.journeyId, on: told.on, token: before.token };
      server.welcome(socket, told);
      return [{ socket, hello: told, before, disabledAt: row.disabledAt, sequence }];
    });
    await arrived(arrivals.filter(({ socket }) => socket.stage === 'linked'));
  }

  /** An unknown device and a wrong signature look the same; one that proves itself is told that it was unpaired. */
  #isProven({ socket, told, signed }: Hello, row: DeviceRow | undefined): boolean {
    const server = this.#parts.server();
    const own = row && unseal(readPublicKey(row.publicKey), 'agent-hello', signed, agentHello);
    if (!own) {
      server.refuse(socket);
      return false;
    }
    if (!row.unpairedAt) return true;
    this.#unpaired(socket, told, row.id);
    return false;
  }

  #unpaired(socket: AgentSocket, told: Hello['told'], deviceId: string): void {
    socket.nonce = told.nonce;
    this.#parts.server().farewell(socket, 'unpaired', deviceId);
  }
}
