import { statSync } from 'node:fs';
import { posix, win32 } from 'node:path';

export interface ModuleChoice {
  /** `--module FILE`; wins over everything. */
  readonly option: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

/**
 * The PKCS#11 module to use: `--module`, else `PKCS11_MODULE`, else OpenSC where its installer puts it. It is
 * set on this computer only, never by the server: who names a module runs code.
 *
 * @returns the path, and whether a file is there
 */
export function chooseModule(
  { option, env, platform }: ModuleChoice,
  isFile: (path: string) => boolean = fileExists,
): { path: string; exists: boolean } {
  const given = [option, env.PKCS11_MODULE].find((path) => path !== undefined && path !== '');
  if (given !== undefined) return { path: given, exists: isFile(given) };
  const usual = openscPaths(platform, env);
  const found = usual.find(isFile);
  return { path: found ?? usual[0] ?? '', exists: found !== undefined };
}

function openscPaths(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly string[] {
  if (platform === 'win32') {
    const programs = env.ProgramW6432 ?? env.ProgramFiles ?? 'C:\\Program Files';
    return [win32.join(programs, 'OpenSC Project', 'OpenSC', 'pkcs11', 'opensc-pkcs11.dll')];
  }
  if (platform === 'darwin') return ['/Library/OpenSC/lib/opensc-pkcs11.so'];
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
  return folders.map((folder) => posix.join(folder, 'opensc-pkcs11.so'));
}

function fileExists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
