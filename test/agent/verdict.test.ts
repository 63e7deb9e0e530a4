import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type Assessment, assess } from '../../src/agent/certificates/assess.ts';
import { readCertificate } from '../../src/agent/certificates/certificate.ts';
import type { Observation, SlotView } from '../../src/agent/observation.ts';
import { verdictOn } from '../../src/agent/verdict.ts';
import { exitCodeOf, VERDICTS } from '../../src/agent/verdict-codes.ts';
import { makeTestCa, NOW } from '../support/token/test-ca.ts';

const FINDINGS = [
  'right',
  'foreign-certificate',
  'device-certificate',
  'software-certificate',
  'no-trust-bundle',
  'untrusted-chain',
  'expired',
  'not-yet-valid',
  'encryption-only',
  'ca-certificate',
] as const;

let example: Assessment;
beforeAll(async () => {
  example = assess(readCertificate(await (await makeTestCa()).issue()), null, NOW);
});

const BASE: Observation = {
  outcome: 'looked',
  detail: null,
  settled: true,
  system: { platform: 'win32', service: 'running', readers: [], remoteSession: false },
  slots: [],
};

function slot(reader: string, more: Partial<SlotView> = {}): SlotView {
  const token = {
    label: '',
    manufacturer: '',
    model: '',
    serial: reader,
    initialized: true,
    certificates: [],
    unreadable: 0,
  };
  return { reader, virtual: false, removable: true, problem: null, token, ...more };
}

const observations = () => {
  const card = fc.constantFrom('present', 'absent', 'mute', 'unknown');
  const assessment = fc.constantFrom(...FINDINGS).map((finding) => ({ ...example, finding }));
  const token = fc.record({
    label: fc.string(),
    manufacturer: fc.string(),
    model: fc.string(),
    serial: fc.string({ maxLength: 2 }),
    initialized: fc.boolean(),
    certificates: fc.array(assessment, { maxLength: 4 }),
    unreadable: fc.nat(2),
  });
  return fc.record({
    outcome: fc.constantFrom('looked', 'looked', 'looked', 'missing', 'failed', 'timed-out'),
    detail: fc.option(fc.string()),
    settled: fc.boolean(),
    system: fc.record({
      platform: fc.constantFrom('win32', 'linux'),
      service: fc.constantFrom('running', 'absent', 'unknown'),
      readers: fc.array(fc.record({ name: fc.string(), card, virtual: fc.boolean() }), { maxLength: 3 }),
      remoteSession: fc.boolean(),
    }),
    slots: fc.array(
      fc.record({
        reader: fc.string({ maxLength: 2 }),
        virtual: fc.boolean(),
        removable: fc.boolean(),
        problem: fc.option(fc.string()),
        token: fc.option(token),
      }),
      { maxLength: 4 },
    ),
  });
};

test('every observation has one verdict of the documented list, with words', () => {
  fc.assert(
    fc.property(observations(), (seen: Observation) => {
      const { code, message } = verdictOn(seen);
      expect(VERDICTS).toContain(code);
      expect(message.length).toBeGreaterThan(20);
      expect([0, 1, 2]).toContain(exitCodeOf(code));
    }),
    { numRuns: 2_000 },
  );
});

test('nothing is confirmed without a right certificate, seen in a settled look on a real token', () => {
  fc.assert(
    fc.property(observations(), (seen: Observation) => {
      fc.pre(verdictOn(seen).code === 'confirmed');
      const right = seen.slots.filter(
        ({ virtual, token }) =>
          !virtual && token?.initialized && token.certificates.some((one) => one.finding === 'right'),
      );
      expect([seen.outcome, seen.settled, right.length > 0]).toEqual(['looked', true, true]);
    }),
    { numRuns: 300 },
  );
});

test('no message claims that the private key was tried, or asks for a PIN', () => {
  fc.assert(
    fc.property(observations(), (seen: Observation) => {
      expect(verdictOn(seen).message).not.toMatch(
        /\bPIN\b|private key|passcode|you hold|prove[sd] that you/i,
      );
    }),
  );
});

test('a reader that is part of the computer is no reader for the token, and the message says so', () => {
  const readers = [{ name: 'Windows Hello for Business 1', card: 'present', virtual: true } as const];
  const seen = {
    ...BASE,
    system: { ...BASE.system, readers },
    slots: [slot('Windows Hello for Business 1', { virtual: true })],
  };
  expect(verdictOn(seen)).toMatchObject({
    code: 'no-reader',
    message: expect.stringContaining('Windows Hello'),
  });
});

test('in a remote session the hint is to sit down at the computer itself', () => {
  const seen = { ...BASE, system: { ...BASE.system, remoteSession: true } };
  expect(verdictOn(seen).message).toContain('remote desktop');
});

test('an uninitialised token is blank when it can be taken out, and none when it is a free slot', () => {
  const token = {
    label: '',
    manufacturer: '',
    model: '',
    serial: '',
    initialized: false,
    certificates: [],
    unreadable: 0,
  };
  expect(verdictOn({ ...BASE, slots: [slot('a', { token })] }).code).toBe('blank-token');
  expect(verdictOn({ ...BASE, slots: [slot('a', { token, removable: false })] }).code).toBe('no-token');
});

test('one token in two slots is one token', () => {
  expect(verdictOn({ ...BASE, slots: [slot('a'), slot('a')] }).code).toBe('blank-token');
  expect(verdictOn({ ...BASE, slots: [slot('a'), slot('b')] }).code).toBe('several-tokens');
});

test('a token that keeps coming and going is not called blank', () => {
  expect(verdictOn({ ...BASE, settled: false, slots: [slot('a')] }).code).toBe('no-token');
});
