import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { filesPresent, suiteNeeding } from './require-part.ts';

const executablePath = '/usr/bin/chromium';
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const inChromium = (suite: () => void) =>
  suiteNeeding('Chromium', () => filesPresent(existsSync, [executablePath]), suite);

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args });
}
