import { createHmac, type KeyObject, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyPair, makeKeyPair, readPrivateKey, writePrivateKey } from '../agent/protocol.ts';
import { DevicesSetupError } from './setup-error.ts';

/**
 * The server's Ed25519 key: from `file` (SERVER_KEY_FILE), else `server.key` in the data directory, made there at the
 * first start. Two processes that start at once end up with the same one.
 * @throws {DevicesSetupError} `bad-server-key`
 */
export async function openServerKey(file: string | null, dataDir: string): Promise<KeyPair> {
  const path = file ?? join(dataDir, 'server.key');
  const where = file === null ? `The server's key in ${path}` : 'SERVER_KEY_FILE';
  const text = (await readIfThere(path, where)) ?? (file === null ? await make(dataDir, path) : null);
  try {
    return readPrivateKey((text ?? '').trim());
  } catch (cause) {
    const mend =
      'write the path of an Ed25519 key in PEM, such as "openssl genpkey -algorithm ed25519" makes one';
    throw new DevicesSetupError(
      'bad-server-key',
      `${where} does not hold a key of the right kind: ${mend}.`,
      cause,
    );
  }
}

async function readIfThere(path: string, where: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new DevicesSetupError(
      'bad-server-key',
      `${where} cannot be read: let this user read it, or name another file.`,
      cause,
    );
  }
}

/** Written whole beside its place and linked there: the first of several processes wins, the others read its key. */
async function make(dataDir: string, path: string): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const file = await open(draft, 'wx', 0o600);
    await file.writeFile(writePrivateKey(makeKeyPair().privateKey));
    await file.sync();
    await file.close();
    await link(draft, path).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new DevicesSetupError(
      'bad-server-key',
      `The server's key cannot be made in ${dataDir}: let this user write there, or set SERVER_KEY_FILE.`,
      cause,
    );
  } finally {
    await rm(draft, { force: true });
  }
}

/** A secret of its own for one use, derived from the private key; the key itself is used for signatures only. */
export function secretFor(privateKey: KeyObject, use: string): Buffer {
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  return createHmac('sha256', der).update(`ecadesk/${use}`).digest();
}
