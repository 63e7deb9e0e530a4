import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcome } from '../../../src/agent/protocol/command.ts';
import { agentFrame, agentHello, goodbye, policy, serverFrame } from '../../../src/agent/protocol/frames.ts';
import { claim, paired, pairRequest, pairStep, waited } from '../../../src/agent/protocol/pairing.ts';

const id = '5ad4b0d6-41cb-4a7e-9b55-6c5c3bd6d1a1';
const nonce = 'A'.repeat(22);
const key = 'B'.repeat(43);
const signed = { body: '{}', signature: 'C'.repeat(86) };

const GOOD: Record<'server' | 'agent', { type: string; [more: string]: unknown }[]> = {
  server: [
    { type: 'hello', v: 1, nonce },
    { type: 'welcome', signed },
    { type: 'command', signed },
    { type: 'policy', signed },
    { type: 'taken', task: id },
    { type: 'goodbye', signed },
    { type: 'clock-wrong', serverTime: 1 },
  ],
  agent: [
    { type: 'hello', signed },
    { type: 'began', task: id },
    { type: 'seen', task: id, present: true, at: 1 },
    { type: 'result', task: id, outcome: { status: 'declined' }, at: 1 },
    { type: 'switch', on: false },
    { type: 'unpair' },
  ],
};
const shapes = { server: serverFrame, agent: agentFrame };

describe.each(['server', 'agent'] as const)("the %s's frames", (side) => {
  const shape = shapes[side];
  test('are read, each of them', () => {
    expect(GOOD[side].map((frame) => shape.parse(frame))).toEqual(GOOD[side]);
    expect(GOOD[side].map(({ type }) => type).sort()).toEqual(
      shape.options.map((option) => option.shape.type.value).sort(),
    );
  });

  test.each(GOOD[side])('$type: nothing may be missing, and nothing be added', (frame) => {
    for (const part of Object.keys(frame)) {
      const without = Object.fromEntries(Object.entries(frame).filter(([name]) => name !== part));
      expect([part, shape.safeParse(without).success]).toEqual([part, false]);
    }
    expect(shape.safeParse({ ...frame, more: 1 }).success).toBe(false);
  });

  test('of the other side are none of its own, but for the greeting’s name', () => {
    const foreign = GOOD[side === 'server' ? 'agent' : 'server'];
    expect(foreign.filter((frame) => shape.safeParse(frame).success)).toEqual([]);
  });

  test('cannot be any JSON at all, and reading it throws nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (any) => {
        expect(shape.safeParse(any).success).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('how a task ended', () => {
  test.each([
    { status: 'done', report: { present: true } },
    { status: 'declined' },
    { status: 'timed-out' },
    { status: 'failed', code: 'no-module', message: 'There is none.' },
    { status: 'refused', code: 'unknown-action', message: 'No.' },
  ])('may be $status', (one) => {
    expect(outcome.parse(one)).toEqual(one);
  });

  test.each([
    ['nothing that is not on the list', { status: 'confirmed' }],
    ['declined with a report', { status: 'declined', report: {} }],
    ['failed without a reason', { status: 'failed' }],
    ['failed with a novel', { status: 'failed', code: 'x', message: 'x'.repeat(2_001) }],
    ['failed with a long code', { status: 'failed', code: 'x'.repeat(65), message: '' }],
  ])('is %s', (_, one) => {
    expect(outcome.safeParse(one).success).toBe(false);
  });
});

describe('what is inside the seals', () => {
  const hello = {
    device: id,
    answer: nonce,
    nonce,
    at: 1,
    serverKey: key,
    version: '0.1.0',
    bootedAt: 1,
    on: true,
  };
  const asked = { code: 'CDF3-4GHJ', publicKey: key, hostname: 'h', account: 'a', system: 's', at: 1 };
  const kept = {
    device: id,
    publicKey: key,
    serverKey: key,
    mode: 'look',
    trust: { bundle: null, roots: ['AB'.repeat(20)] },
  };
  test.each([
    ['a hello', agentHello, hello],
    ['a policy', policy, { device: id, mode: 'off', at: 1 }],
    ['a goodbye', goodbye, { device: id, answer: nonce, why: 'unpaired' }],
    ['a claim', claim, asked],
    ['a step of pairing', pairStep, { pairing: id, nonce: 'n', at: 1 }],
    ['what the agent keeps', paired, kept],
  ])('%s: is read whole; a missing part or one more is refused', (_, shape, whole) => {
    expect(shape.parse(whole)).toEqual(whole);
    for (const part of Object.keys(whole)) {
      const without = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== part));
      expect([part, shape.safeParse(without).success]).toEqual([part, false]);
    }
    expect(shape.safeParse({ ...whole, more: 1 }).success).toBe(false);
  });

  test('a pairing has four stages, and each is sealed', () => {
    const stages = ['claim', 'agree', 'wait', 'leave'];
    expect(stages.filter((stage) => pairRequest.safeParse({ stage, signed }).success)).toEqual(stages);
    expect(pairRequest.safeParse({ stage: 'confirm', signed }).success).toBe(false);
    expect(pairRequest.safeParse({ stage: 'wait' }).success).toBe(false);
  });

  test('a name from the computer has a length', () => {
    expect(claim.safeParse({ ...asked, hostname: 'x'.repeat(121) }).success).toBe(false);
    expect(claim.safeParse({ ...asked, hostname: '' }).success).toBe(false);
  });

  test('an answer to waiting is one of three, and a confirmed one has the seal', () => {
    expect(waited.safeParse({ state: 'confirmed' }).success).toBe(false);
    expect(waited.parse({ state: 'void', why: 'refused' })).toEqual({ state: 'void', why: 'refused' });
  });
});
