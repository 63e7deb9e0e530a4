import { expect, test } from 'vitest';
import { linkAddress, readServerAddress } from '../../../src/agent/link/address.ts';
import { pauseAfter } from '../../../src/agent/link/keep-link.ts';

test.each([
  ['https://help.example.com', 'https://help.example.com/', 'wss://help.example.com/agent/link'],
  ['help.example.com', 'https://help.example.com/', 'wss://help.example.com/agent/link'],
  ['https://example.com/desk', 'https://example.com/desk/', 'wss://example.com/desk/agent/link'],
  ['http://127.0.0.1:3978', 'http://127.0.0.1:3978/', 'ws://127.0.0.1:3978/agent/link'],
  ['http://[::1]:3978', 'http://[::1]:3978/', 'ws://[::1]:3978/agent/link'],
  ['http://localhost:3978/', 'http://localhost:3978/', 'ws://localhost:3978/agent/link'],
])('%s is a server', (typed, server, link) => {
  const url = readServerAddress(typed);
  expect([url.href, linkAddress(url).href]).toEqual([server, link]);
});

test.each([
  'http://help.example.com',
  'http://127.0.0.1.example.com',
  'http://localhost.example.com',
  'http://10.0.0.1',
  'ws://127.0.0.1',
  'file:///etc/passwd',
  'https://kim:secret@help.example.com',
  'https://',
  '',
])('%s is none', (typed) => {
  expect(() => readServerAddress(typed)).toThrow(/address/);
});

const backOff = { fromMs: 1_000, toMs: 60_000 };
const lost = { kind: 'lost' } as const;

test('pauses grow to a minute at most, half of each by chance', () => {
  const pauses = (chance: number) =>
    [0, 1, 2, 5, 6, 40].map((tries) => pauseAfter(lost, tries, chance, backOff));
  expect(pauses(0)).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000]);
  expect(pauses(0.999_999)).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
});

test('who is unwelcome stays away for long', () => {
  expect(pauseAfter({ kind: 'goodbye', why: 'replaced' }, 0, 0, backOff)).toBe(30_000);
  expect(pauseAfter({ kind: 'goodbye', why: 'flood' }, 0, 0, backOff)).toBe(30_000);
  expect(pauseAfter({ kind: 'goodbye', why: 'stopping' }, 0, 0, backOff)).toBe(500);
});
