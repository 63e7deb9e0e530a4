import { z } from 'zod';
import type { PrismaClient } from '../../store/generated/client.ts';
import { storable } from '../../store/json.ts';

const ids = z.array(z.object({ id: z.string() }));
const numbered = z.array(z.object({ id: z.string(), sequence: z.number().int() }));

/** Which process holds whose link, in the database: one statement for many devices, whatever their number. */
export class Presence {
  readonly #prisma: PrismaClient;
  readonly #process: string;
  constructor(prisma: PrismaClient, process: string) {
    this.#prisma = prisma;
    this.#process = process;
  }

  /**
   * These are linked here now. Each also takes the sequence of its first command.
   * @returns the sequences; whoever is missing was unpaired meanwhile
   */
  async arrived(deviceIds: readonly string[], at: Date): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#prisma.$queryRaw`UPDATE "Device"
      SET "connectedTo" = ${this.#process}, "heardAt" = ${at}::timestamptz, sequence = sequence + 1
      WHERE id IN (SELECT v::uuid FROM jsonb_array_elements_text(${storable(deviceIds)}::jsonb) AS v)
        AND "unpairedAt" IS NULL RETURNING id, sequence`;
    return sequences(rows);
  }

  /** The next sequence of each. */
  async next(deviceIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#prisma.$queryRaw`UPDATE "Device" SET sequence = sequence + 1
      WHERE id IN (SELECT v::uuid FROM jsonb_array_elements_text(${storable(deviceIds)}::jsonb) AS v)
        AND "unpairedAt" IS NULL RETURNING id, sequence`;
    return sequences(rows);
  }

  /** All of these are still heard here. @returns those that are linked here still, by the database's word */
  async heard(deviceIds: readonly string[], at: Date): Promise<ReadonlySet<string>> {
    const rows = await this.#prisma.$queryRaw`UPDATE "Device" SET "heardAt" = ${at}::timestamptz
      WHERE id IN (SELECT v::uuid FROM jsonb_array_elements_text(${storable(deviceIds)}::jsonb) AS v)
        AND "connectedTo" = ${this.#process} AND "unpairedAt" IS NULL RETURNING id`;
    return new Set(ids.parse(rows).map(({ id }) => id));
  }

  async left(deviceIds: readonly string[], at: Date): Promise<void> {
    await this.#prisma.$executeRaw`UPDATE "Device" SET "connectedTo" = NULL, "heardAt" = ${at}::timestamptz
      WHERE id IN (SELECT v::uuid FROM jsonb_array_elements_text(${storable(deviceIds)}::jsonb) AS v)
        AND "connectedTo" = ${this.#process}`;
  }

  /** Unpaired by another process while linked here. Whoever says goodbye to them then calls `left`. */
  async unpairedHere(): Promise<string[]> {
    const rows = await this.#prisma.device.findMany({
      where: { connectedTo: this.#process, unpairedAt: { not: null } },
      select: { id: true },
    });
    return rows.map(({ id }) => id);
  }
}

function sequences(rows: unknown): ReadonlyMap<string, number> {
  return new Map(numbered.parse(rows).map(({ id, sequence }) => [id, sequence]));
}
