import { Pacer, type Pacers } from './bot/delivery/pacer.ts';
import { tenantWindows, threadWindows } from './bot/teams/pacing.ts';
import type { Config } from './config.ts';

type TeamsConfig = NonNullable<Config['teams']>;
type Teams = typeof import('./bot/teams/index.ts');

/** Loads Microsoft's SDKs only now, where Teams is on. */
export async function openTeams(
  parts: Parameters<Teams['createTeams']>[0],
): Promise<Awaited<ReturnType<Teams['createTeams']>>> {
  const { createTeams } = await import('./bot/teams/index.ts');
  return createTeams(parts);
}

export function teamsPacers({ threadPerSecond, tenantPerSecond }: TeamsConfig): Pacers {
  return {
    conversation: new Pacer(threadWindows(threadPerSecond)),
    all: new Pacer(tenantWindows(tenantPerSecond)),
  };
}
