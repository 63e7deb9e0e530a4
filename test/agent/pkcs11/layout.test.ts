import { expect, test } from 'vitest';
import { LINUX, layoutOf, readUlong, WINDOWS, writeUlong } from '../../../src/agent/pkcs11/layout.ts';
import { FUNCTIONS, structuresFor } from '../../../src/agent/pkcs11/structures.ts';

// Sizes as a C compiler gives them for pkcs11.h: gcc on 64-bit Linux, and with #pragma pack(1) and 32-bit
// unsigned long as on 64-bit Windows.
const SIZES = {
  linux: { info: 88, slotInfo: 112, tokenInfo: 208, attribute: 24, functions: 16 },
  windows: { info: 72, slotInfo: 104, tokenInfo: 160, attribute: 16, functions: 10 },
};

test.each([
  ['linux', LINUX],
  ['windows', WINDOWS],
] as const)('structures have the sizes of C on %s', (platform, layout) => {
  const sizes = Object.entries(structuresFor(layout)).map(([name, { size }]) => [name, size]);
  expect(Object.fromEntries(sizes)).toEqual(SIZES[platform]);
});

test('on Windows nothing is padded: the flags of a token follow its texts at once', () => {
  expect(structuresFor(WINDOWS).tokenInfo.members.flags).toEqual({ offset: 96, size: 4 });
  expect(structuresFor(WINDOWS).attribute.members.value.offset).toBe(4);
  expect(structuresFor(WINDOWS).functions.members.first.offset).toBe(2);
  expect(structuresFor(LINUX).functions.members.first.offset).toBe(8);
});

test.each([LINUX, WINDOWS])('a handle is written and read back whole', (layout) => {
  const buffer = Buffer.alloc(8);
  const largest = 2n ** BigInt(layout.ulong * 8) - 1n;
  writeUlong(layout, buffer, 0, largest);
  expect(readUlong(layout, buffer, 0)).toBe(largest);
});

test('the platform decides the layout', () => {
  expect([layoutOf('win32'), layoutOf('linux')]).toEqual([WINDOWS, LINUX]);
});

test('the binding has no way to log in, to change a token or to use a key', () => {
  expect(
    Object.keys(FUNCTIONS).filter((name) =>
      /Login|Init(Token|PIN)|SetPIN|Create|Set|Sign|crypt|Generate/.test(name),
    ),
  ).toEqual([]);
});
