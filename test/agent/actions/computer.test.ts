import { expect, test } from 'vitest';
import { systemName, thisComputer } from '../../../src/agent/actions/computer.ts';

test.each([
  ['win32', '10.0.22000', 'Windows 11'],
  ['win32', '10.0.26100', 'Windows 11'],
  ['win32', '10.0.19045', 'Windows 10'],
  ['win32', '6.1.7601', 'Windows (6.1.7601)'],
  ['darwin', '24.0.0', 'macOS'],
] as const)('%s %s is %s', (platform, release, name) => {
  expect(systemName(platform, release, () => '')).toBe(name);
});

test('a Linux goes by the name it gives itself, or plainly', () => {
  const text = 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n';
  expect(systemName('linux', '6.1', () => text)).toBe('Debian GNU/Linux 12 (bookworm)');
  expect(systemName('linux', '6.1', () => '')).toBe('linux');
});

test('the time of the last start lies in the past and does not wander', () => {
  const computer = thisComputer(process.platform, Date.now);
  expect(computer.bootedAt()).toBeLessThan(Date.now());
  expect(Math.abs(computer.bootedAt() - computer.bootedAt())).toBeLessThanOrEqual(1_000);
});
