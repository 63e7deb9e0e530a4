import type { KeyPair } from '../agent/protocol.ts';
import type { TenantName } from '../bot/channel.ts';
import type { Flow } from '../flows/compiled.ts';
import type { Happen } from '../flows/happen.ts';
import type { Changes } from '../store/changes.ts';
import type { PrismaClient } from '../store/generated/client.ts';
import type { Journal } from '../store/journal.ts';
import type { Log } from './log.ts';
import type { Policy } from './policy.ts';
import type { ServerTrust } from './trust.ts';

/** What the devices are given by whoever puts the house together. */
export interface DevicesParts {
  prisma: PrismaClient;
  journal: Pick<Journal, 'loadJourney'>;
  happen: Happen;
  flowOf(flowId: string): Promise<Flow>;
  changes: Changes;
  policy: Policy;
  key: KeyPair;
  trust: ServerTrust;
  /** The version of OpenSC that the organisation has chosen. */
  openscVersion: string;
  clock: () => number;
  log: Log;
  /** There is something to deliver in these conversations. */
  wake(conversations: readonly string[]): void;
  /** Where computers reach this server, such as "https://ecadesk.example.com". */
  address(): string;
  /** What people call their organisation; without it, its id is shown. */
  tenantName?: TenantName;
  /** Milliseconds between two looks at what other processes wrote (1,000). */
  pace?: number;
  /** Calls `beat` once a second, until what it returns is called; by default by a timer. */
  heart?: (beat: () => void) => () => void;
}
