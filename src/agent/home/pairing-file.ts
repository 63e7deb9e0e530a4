import { join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../errors.ts';
import { TRUST_BUNDLE_FILE, TRUST_ROOTS_FILE } from '../home.ts';
import { agentMode } from '../protocol/actions.ts';
import { privateKeyText, publicKeyText } from '../protocol/keys.ts';
import { claimed, type Paired } from '../protocol/pairing.ts';
import { openHome, parseJson, readText, refuseOpen, remove, writeWhole } from './folder.ts';

/** What this computer keeps of its pairing. The private key never leaves this file. */
export const pairing = z.strictObject({
  v: z.literal(1),
  device: z.uuid(),
  /** Of the help desk's server: "https://help.example.com/". */
  server: z.url(),
  /** Only who holds this key is believed to be that server. */
  serverKey: publicKeyText,
  mode: agentMode,
  who: claimed.shape.who,
  /** The PKCS#11 module that was named at pairing; null: OpenSC where its installer puts it. */
  module: z.string().nullable(),
  privateKey: privateKeyText,
});
export type Pairing = z.output<typeof pairing>;

const PAIRING_FILE = 'pairing.json';
export const TASKS_FILE = 'tasks.json';
export const SWITCH_FILE = 'switched-off';

/**
 * @returns null where this account is not paired
 * @throws AgentError where the file is open to others or makes no sense
 */
export function readPairing(home: string, platform: NodeJS.Platform): Pairing | null {
  const path = join(home, PAIRING_FILE);
  const text = readText(path);
  if (text === null) return null;
  refuseOpen(home, platform, 'chmod 700');
  refuseOpen(path, platform, 'chmod 600');
  const kept = pairing.safeParse(parseJson(text));
  if (kept.success) return kept.data;
  throw new AgentError(
    'pairing-broken',
    `The pairing kept in ${path} is damaged. Remove it with "eca-agent unpair" and pair this computer again.`,
  );
}

/** Keeps a pairing, and the trust bundle and roots where `check` reads them. What an earlier pairing left goes. */
export function keepPairing(
  home: string,
  platform: NodeJS.Platform,
  kept: Pairing,
  trust: Paired['trust'],
): void {
  openHome(home, platform);
  forgetPairing(home);
  if (trust.bundle !== null) {
    writeWhole(join(home, TRUST_BUNDLE_FILE), Buffer.from(trust.bundle, 'base64'));
    if (trust.roots.length > 0) writeWhole(join(home, TRUST_ROOTS_FILE), `${trust.roots.join('\n')}\n`);
  }
  // Last: where this file is, all is.
  writeWhole(join(home, PAIRING_FILE), `${JSON.stringify(kept, null, 2)}\n`);
}

/** Deletes the key first, then the rest. The log of what was done stays: it is the person's. */
export function forgetPairing(home: string): void {
  const files = [PAIRING_FILE, TRUST_BUNDLE_FILE, TRUST_ROOTS_FILE, TASKS_FILE, SWITCH_FILE];
  remove(...files.map((name) => join(home, name)));
}
