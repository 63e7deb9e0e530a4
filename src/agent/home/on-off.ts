import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { remove, writeWhole } from './folder.ts';
import { SWITCH_FILE } from './pairing-file.ts';

/** Whether the employee let the agent on. Kept over restarts. */
export function isOn(home: string): boolean {
  return !existsSync(join(home, SWITCH_FILE));
}

export function keepOn(home: string, on: boolean): void {
  const path = join(home, SWITCH_FILE);
  if (on) remove(path);
  else writeWhole(path, 'The agent was switched off here. Type "on" to "eca-agent run" to switch it on.\n');
}
