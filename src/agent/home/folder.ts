import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { AgentError, systemCode } from '../errors.ts';

/**
 * Makes the agent's folder where it is missing, for its owner only.
 *
 * @throws AgentError `home-open` where others may read it, `home-unusable` where it cannot be used at all
 */
export function openHome(home: string, platform: NodeJS.Platform): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AgentError(
      'home-unusable',
      `The folder ${home} cannot be made (${systemCode(error)}). Choose another with --home.`,
    );
  }
  refuseOpen(home, platform, 'chmod 700');
}

/** @throws AgentError `home-open` where others than the owner may read it. Windows keeps profiles apart itself. */
export function refuseOpen(path: string, platform: NodeJS.Platform, mend: string): void {
  if (platform === 'win32') return;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || (stat.mode & 0o077) === 0) return;
  throw new AgentError(
    'home-open',
    `Others on this computer may read ${path}, and the agent's key is kept there. Close it first: ${mend} ${path}`,
  );
}

/** Whole or not at all, even when the power fails in the middle; readable for the owner only. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const part = `${path}.${randomBytes(4).toString('hex')}.part`;
  const file = openSync(part, 'wx', 0o600);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
}

/** The text of a file; null where there is none. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

export function remove(...paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}

/** The value of a text of JSON; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
