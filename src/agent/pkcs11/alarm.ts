import koffi from 'koffi';

/**
 * Makes the system end this process after `ms` (rounded up to seconds), even when it is stuck inside a C call
 * and its parent has died. Only POSIX has it; on Windows the parent's own deadline has to do.
 */
export function armAlarm(ms: number, platform: NodeJS.Platform = process.platform): void {
  if (platform === 'win32') return;
  alarm ??= koffi.load(null).func('alarm', 'uint', ['uint']);
  alarm(Math.ceil(ms / 1000));
}

let alarm: ((seconds: number) => unknown) | undefined;
