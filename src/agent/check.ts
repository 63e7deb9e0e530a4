import { readLocalTrust } from './local-trust.ts';
import { chooseModule } from './module-path.ts';
import type { Observation } from './observation.ts';
import { observe, observeWithoutModule } from './observe.ts';
import { type Inspection, inspect } from './pkcs11/inspect.ts';
import { lookOnce } from './pkcs11/look-once.ts';
import type { SpawnChild } from './pkcs11/run-child.ts';
import { type CheckReport, reportOn } from './report.ts';
import { verdictOn } from './verdict.ts';

export interface CheckOptions {
  /** `--module FILE` */
  readonly module: string | undefined;
  /** The agent's home, where the trust bundle may be. */
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly spawnChild: SpawnChild;
  readonly clock: () => Date;
  /** Per look, in milliseconds. */
  readonly deadlineMs: number;
}

/** The whole local diagnosis: looks at module, service, readers, tokens and certificates. Needs no server. */
export async function check(options: CheckOptions): Promise<CheckReport> {
  const { env, platform, spawnChild, deadlineMs } = options;
  const module = chooseModule({ option: options.module, env, platform });
  const local = readLocalTrust(options.home, env);
  const around = () => ({ env, platform, trust: local.trust, now: options.clock() });
  let seen: Observation;
  let library = null;
  if (module.exists) {
    const enough = (so: Inspection) => verdictOn(observe(so, around())).code === 'confirmed';
    const inspection = await inspect({ spawnChild, module: module.path, deadlineMs, enough });
    library = inspection.look?.library ?? null;
    seen = observe(inspection, around());
  } else {
    const { system } = await lookOnce(spawnChild, null, deadlineMs);
    seen = observeWithoutModule(system, around());
  }
  return reportOn(verdictOn(seen), seen, { module: module.path, library, trust: local });
}
