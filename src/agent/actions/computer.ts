import { readFileSync } from 'node:fs';
import { arch, hostname, release, uptime, userInfo } from 'node:os';

/** The computer that the agent runs on. */
export interface Computer {
  readonly hostname: string;
  /** The account of the computer, such as "kim". */
  readonly account: string;
  /** For people: "Windows 11". */
  readonly name: string;
  readonly arch: string;
  /** When it was last started; milliseconds since 1970. */
  readonly bootedAt: () => number;
}

export function thisComputer(platform: NodeJS.Platform, now: () => number): Computer {
  return {
    hostname: hostname().slice(0, 120) || 'computer',
    account: userInfo().username.slice(0, 120) || 'account',
    name: systemName(platform, release(), osRelease),
    arch: arch(),
    // Whole seconds: the uptime is read a moment before or after the clock.
    bootedAt: () => Math.round(now() / 1000 - uptime()) * 1000,
  };
}

/**
 * @param release "10.0.22631" on Windows. Windows 11 calls itself 10 still: only its build, 22000 and up, tells.
 * @param osRelease the text of os-release(5)
 */
export function systemName(platform: NodeJS.Platform, release: string, osRelease: () => string): string {
  if (platform === 'win32') {
    const [major, , build] = release.split('.').map(Number);
    if (major !== 10) return `Windows (${release})`;
    return (build ?? 0) >= 22_000 ? 'Windows 11' : 'Windows 10';
  }
  if (platform === 'darwin') return 'macOS';
  return /^PRETTY_NAME="?([^"\n]{1,120})"?$/m.exec(osRelease())?.[1] ?? platform;
}

function osRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    // A system without it goes by its plain name.
    return '';
  }
}
