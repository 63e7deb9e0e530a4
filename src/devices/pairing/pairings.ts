import { z } from 'zod';
import type { PrismaClient } from '../../store/generated/client.ts';
import { json, storable } from '../../store/json.ts';

/** How long (ms) a code is good. */
export const codeLife = 10 * 60_000;
/** How long (ms) what is left of a pairing is kept. */
const keptFor = 7 * 24 * 3_600_000;
/** Wrong secrets that void a pairing. */
export const mostWrong = 5;

/** What the computer told of itself, and what the two sides then have to agree on. */
export const claimed = z.object({
  publicKey: z.string(),
  hostname: z.string(),
  account: z.string(),
  system: z.string(),
  /** Ties the later stages to the claim. */
  nonce: z.string(),
  /** Shown on the computer; the chat asks for it among others. */
  number: z.string(),
  choices: z.array(z.string()),
});
export type Claimed = z.output<typeof claimed>;

export const voidReason = z.enum(['refused', 'expired', 'withdrawn']);
export type VoidReason = z.output<typeof voidReason>;

export interface Pairing {
  id: string;
  personId: string;
  journeyId: string;
  lookup: string;
  secretHash: string;
  createdAt: Date;
  expiresAt: Date;
  status: string;
  /** Null: no computer has claimed it. */
  claim: Claimed | null;
  /** Why it is void. */
  why: VoidReason | null;
}

type Row = Omit<Pairing, 'claim' | 'why'> & { claim: unknown };

function read(row: Row): Pairing {
  const why = z.object({ why: voidReason }).safeParse(row.claim).data?.why ?? null;
  return { ...row, claim: claimed.safeParse(row.claim).data ?? null, why };
}

const ids = z.array(z.object({ id: z.string() }));
const voided = z.array(z.object({ id: z.string(), journeyId: z.string() }));
const open = ['open', 'claimed'];

/** Pairings as rows. Each change is one statement that only the right state lets through. */
export class Pairings {
  readonly #prisma: PrismaClient;
  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async find(id: string): Promise<Pairing | null> {
    const row = await this.#prisma.pairing.findUnique({ where: { id } });
    return row && read(row);
  }

  /** Begins a pairing; an earlier one of the same journey is void. Harmless when it has begun already. */
  async begin(pairing: Omit<Pairing, 'status' | 'claim' | 'why'>): Promise<void> {
    const { id, journeyId } = pairing;
    await this.#prisma.$transaction([
      this.#prisma.$executeRaw`UPDATE "Pairing" SET status = 'void',
          claim = coalesce(claim, '{}') || '{"why":"withdrawn"}'
        WHERE "journeyId" = ${journeyId}::uuid AND status IN ('open', 'claimed') AND id <> ${id}::uuid`,
      this.#prisma.pairing.createMany({ data: [{ ...pairing, status: 'open' }], skipDuplicates: true }),
    ]);
  }

  /** Those that a code's first letters may mean. */
  async candidates(lookup: string, at: Date): Promise<Pairing[]> {
    const rows = await this.#prisma.pairing.findMany({
      where: { lookup, status: { in: open }, expiresAt: { gt: at } },
    });
    return rows.map(read);
  }

  /** What a computer told of itself is not kept longer than it may serve to find out what happened. */
  async forgetOld(at: number): Promise<void> {
    await this.#prisma.pairing.deleteMany({ where: { createdAt: { lt: new Date(at - keptFor) } } });
  }

  /** The first computer has it. @returns false where another one was first, or it is over */
  async claim(id: string, claim: Claimed, at: Date): Promise<boolean> {
    const { count } = await this.#prisma.pairing.updateMany({
      where: { id, status: 'open', expiresAt: { gt: at } },
      data: { status: 'claimed', claim: json(claim) },
    });
    return count === 1;
  }

  /** A wrong secret counts against every pairing it may have been meant for. @returns those that it was too many for */
  async wrong(candidates: readonly string[]): Promise<{ id: string; journeyId: string }[]> {
    const rows = await this.#prisma.$queryRaw`UPDATE "Pairing" SET wrong = wrong + 1,
        status = CASE WHEN wrong + 1 >= ${mostWrong}::int THEN 'void' ELSE status END,
        claim = CASE WHEN wrong + 1 >= ${mostWrong}::int THEN coalesce(claim, '{}') || '{"why":"refused"}' ELSE claim END
      WHERE id IN (SELECT v::uuid FROM jsonb_array_elements_text(${storable(candidates)}::jsonb) AS v)
        AND status = 'open'
      RETURNING CASE WHEN status = 'void' THEN id END AS id, "journeyId"`;
    const all = z.array(z.object({ id: z.string().nullable(), journeyId: z.string() })).parse(rows);
    return voided.parse(all.filter((row) => row.id !== null));
  }

  /** @returns whether this call did it */
  async void(id: string, why: VoidReason): Promise<boolean> {
    const rows = await this.#prisma.$queryRaw`UPDATE "Pairing" SET status = 'void',
        claim = coalesce(claim, '{}') || ${storable({ why })}::jsonb
      WHERE id = ${id}::uuid AND status IN ('open', 'claimed') RETURNING id`;
    return ids.parse(rows).length > 0;
  }

  /**
   * Both sides agree: the pairing is confirmed, its computer is the journey's device, and an older one no longer is.
   * All in one statement. @returns the device's id, or null where the pairing was over
   */
  async confirm(id: string, deviceId: string, at: Date): Promise<string | null> {
    const rows = await this.#prisma.$queryRaw`WITH
      p AS (
        UPDATE "Pairing" SET status = 'confirmed'
        WHERE id = ${id}::uuid AND status = 'claimed' AND "expiresAt" > ${at}::timestamptz RETURNING *
      ),
      old AS (
        UPDATE "Device" SET "unpairedAt" = ${at}::timestamptz, "unpairedBy" = 'replaced' FROM p
        WHERE "Device"."journeyId" = p."journeyId" AND "Device"."unpairedAt" IS NULL
      )
      INSERT INTO "Device" (id, "personId", "journeyId", "publicKey", hostname, system, "pairedAt")
      SELECT ${deviceId}::uuid, "personId", "journeyId", claim->>'publicKey', claim->>'hostname',
        jsonb_build_object('name', claim->>'system', 'account', claim->>'account'), ${at}::timestamptz
      FROM p ON CONFLICT ("publicKey") DO NOTHING RETURNING id`;
    return ids.parse(rows)[0]?.id ?? null;
  }
}
