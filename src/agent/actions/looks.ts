import { AgentError } from '../errors.ts';
import { chooseModule } from '../module-path.ts';
import { inspect } from '../pkcs11/inspect.ts';
import { lookOnce } from '../pkcs11/look-once.ts';
import type { Look } from '../pkcs11/messages.ts';
import type { SpawnChild } from '../pkcs11/run-child.ts';
import { watchTokens } from '../pkcs11/watch.ts';
import type { OpenscReport, SystemReport, TokenReport } from '../protocol/reports.ts';
import { isVirtualReader } from '../virtual-reader.ts';
import type { Computer } from './computer.ts';
import type { Executor } from './executor.ts';

/** What the looks look at. */
export interface LookWorld {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** The PKCS#11 module that was named on this computer, if one was. */
  readonly module: string | undefined;
  readonly spawnChild: SpawnChild;
  readonly computer: Computer;
  readonly executor: Pick<Executor, 'installed'>;
}

const LOOK_MS = 10_000;

export function inspectSystem({ platform, computer }: LookWorld): SystemReport {
  const { name, arch, hostname } = computer;
  return { platform, name, arch, hostname, bootedAt: computer.bootedAt() };
}

export async function inspectOpensc(world: LookWorld): Promise<OpenscReport> {
  const module = moduleOf(world);
  const installed = await world.executor.installed();
  if (!module.exists || installed !== null) return { present: module.exists, version: installed };
  const { look } = await lookOnce(world.spawnChild, module.path, LOOK_MS);
  return { present: true, version: openscVersion(look?.library ?? null) };
}

/** Other modules have versions too, of something else. */
function openscVersion(library: Look['library'] | null): string | null {
  const isOpensc = /opensc/i.test(`${library?.manufacturer} ${library?.description}`);
  return library !== null && isOpensc ? library.version : null;
}

export async function inspectToken(world: LookWorld): Promise<TokenReport> {
  const { env, platform, spawnChild } = world;
  const module = moduleOf(world);
  // Windows names the session "RDP-Tcp#…" in a remote desktop.
  const around = { platform, remoteSession: platform === 'win32' && /^RDP-/i.test(env.SESSIONNAME ?? '') };
  if (!module.exists) {
    const { system } = await lookOnce(spawnChild, null, LOOK_MS);
    return { outcome: 'missing', detail: null, settled: true, system, look: null, ...around };
  }
  const seen = await inspect({ spawnChild, module: module.path, deadlineMs: LOOK_MS });
  return { ...seen, detail: seen.detail?.slice(0, 2_000) ?? null, ...around };
}

/**
 * Tells of each insertion and removal, and at the start, until `signal` aborts.
 *
 * @returns whether a token was in at last
 */
export async function watchToken(
  world: LookWorld,
  seen: (present: boolean) => void,
  signal: AbortSignal,
): Promise<{ present: boolean }> {
  const module = moduleOf(world);
  if (!module.exists)
    throw new AgentError('no-module', 'This computer has no software yet that can see a token.');
  let last: boolean | null = null;
  await watchTokens({
    spawnChild: world.spawnChild,
    module: module.path,
    signal,
    onChange: (readers) => {
      const present = readers.some((reader) => !isVirtualReader(reader));
      if (present === last) return;
      last = present;
      seen(present);
    },
  });
  return { present: last ?? false };
}

function moduleOf({ module, env, platform }: LookWorld) {
  return chooseModule({ option: module, env, platform });
}
