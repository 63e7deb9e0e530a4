import type { PrismaClient } from '../store/generated/client.ts';
import { newSecret, type Random, sha256 } from './secrets.ts';
import type { Staff } from './staff.ts';

const minutes = 60_000;
export const signInLifetime = 10 * minutes;
export const sessionLifetime = 12 * 60 * minutes;

export interface Session extends Staff {
  expiresAt: Date;
}

interface Parts {
  prisma: PrismaClient;
  clock: () => Date;
  random: Random;
}

/** Single-use sign-in addresses and the sessions they begin. Only hashes of their secrets are kept. */
export class SignIns {
  readonly #parts: Parts;
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The path that signs this member of staff in: once, within ten minutes. */
  async issue(staff: Staff): Promise<string> {
    const { prisma, random } = this.#parts;
    const token = newSecret(random);
    await prisma.staffSignIn.create({
      data: {
        tokenHash: sha256(token),
        staffId: staff.id,
        name: staff.name,
        expiresAt: this.#in(signInLifetime),
      },
    });
    return `/desk/sign-in?token=${token}`;
  }

  /** Who would be signed in; null where the token is unknown, used or too old. Changes nothing. */
  async peek(token: string): Promise<Staff | null> {
    const { prisma, clock } = this.#parts;
    const found = await prisma.staffSignIn.findUnique({ where: { tokenHash: sha256(token) } });
    if (!found || found.usedAt !== null || found.expiresAt <= clock()) return null;
    return { id: found.staffId, name: found.name };
  }

  /** Uses the token up. Of several at once only one gets the session: its secret, for the cookie. */
  async redeem(token: string): Promise<string | null> {
    const { prisma, clock, random } = this.#parts;
    const staff = await this.peek(token);
    const now = clock();
    const used = await prisma.staffSignIn.updateMany({
      where: { tokenHash: sha256(token), usedAt: null, expiresAt: { gt: now } },
      data: { usedAt: now },
    });
    if (!staff || used.count !== 1) return null;
    const secret = newSecret(random);
    await prisma.staffSession.create({
      data: {
        idHash: sha256(secret),
        staffId: staff.id,
        name: staff.name,
        createdAt: now,
        expiresAt: this.#in(sessionLifetime),
      },
    });
    await this.#sweep(now);
    return secret;
  }

  async session(secret: string): Promise<Session | null> {
    const { prisma, clock } = this.#parts;
    const found = await prisma.staffSession.findUnique({ where: { idHash: sha256(secret) } });
    if (!found || found.expiresAt <= clock()) return null;
    return { id: found.staffId, name: found.name, expiresAt: found.expiresAt };
  }

  async end(secret: string): Promise<void> {
    await this.#parts.prisma.staffSession.deleteMany({ where: { idHash: sha256(secret) } });
  }

  async #sweep(now: Date): Promise<void> {
    const { prisma } = this.#parts;
    await prisma.staffSession.deleteMany({ where: { expiresAt: { lte: now } } });
    await prisma.staffSignIn.deleteMany({ where: { expiresAt: { lte: now } } });
  }

  #in(milliseconds: number): Date {
    return new Date(this.#parts.clock().getTime() + milliseconds);
  }
}
