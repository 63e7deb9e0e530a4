import { type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { ChannelKeys } from './keys.ts';

/** What the signature must agree with in the activity it came with. */
export interface Claimed {
  channelId: string;
  serviceUrl: string;
  tenant: string | null;
}

export interface VerifierParts {
  appId: string;
  issuer: string;
  tenants: readonly string[];
  keys: ChannelKeys;
  clock: () => number;
}

/** Why a caller was turned away: for our log and metrics, never for the caller. */
export class Unauthorized extends Error {
  override name = 'Unauthorized';
  readonly code = 'unauthorized';
}

const channelClaims = z.looseObject({ serviceurl: z.string(), tid: z.string().optional() });
const clockTolerance = 300;
const longestToken = 8192;

/**
 * Verifies a channel's token in full, before the SDK sees it: signature by a key that the channel published and that
 * is endorsed for Teams, issuer, audience, an expiry that is there and not past, the service address, the tenant.
 * The SDK alone accepts tokens that never expire, answers wrong signatures with 500 and its detail, and remembers
 * each unverified tenant for ever.
 * @throws {Unauthorized}
 */
export async function verifyToken(
  header: string | undefined,
  claimed: Claimed,
  parts: VerifierParts,
): Promise<void> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(header ?? '')?.[1];
  if (token === undefined || token.length > longestToken) throw new Unauthorized('No bearer token.');
  const claims = channelClaims.safeParse(await signedClaims(token, claimed.channelId, parts));
  if (!claims.success) throw new Unauthorized('The token names no service address.');
  if (claims.data.serviceurl !== claimed.serviceUrl)
    throw new Unauthorized('The service address is not the signed one.');
  const allowed = new Set(parts.tenants.map((tenant) => tenant.toLowerCase()));
  if (claims.data.tid !== undefined && !allowed.has(claims.data.tid.toLowerCase()))
    throw new Unauthorized('The token is of another tenant.');
  if (claimed.tenant === null || !allowed.has(claimed.tenant.toLowerCase()))
    throw new Unauthorized('The activity is of another tenant.');
}

async function signedClaims(token: string, channelId: string, parts: VerifierParts): Promise<JWTPayload> {
  const { keys, issuer, appId, clock } = parts;
  const options = {
    issuer,
    audience: appId,
    algorithms: ['RS256'],
    requiredClaims: ['exp'],
    clockTolerance,
    currentDate: new Date(clock()),
  };
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }: { kid?: string }) => {
        const found = kid === undefined ? null : await keys.find(kid);
        if (!found) throw new Unauthorized('The token is signed by a key that the channel did not publish.');
        if (!found.endorsements.has(channelId))
          throw new Unauthorized('The key is not endorsed for this channel.');
        return found.key;
      },
      options,
    );
    return payload;
  } catch (cause) {
    if (cause instanceof Unauthorized) throw cause;
    throw new Unauthorized('The token does not hold.', { cause });
  }
}
