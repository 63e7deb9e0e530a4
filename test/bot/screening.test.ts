import { describe, expect, it } from 'vitest';
import { maybeSecret } from '../../src/bot/screening.ts';
import { harmless, secrets } from '../support/secret-corpus.ts';

describe('the screen for secrets', () => {
  it.each(secrets)('withholds %s', (text) => expect(maybeSecret(text)).toBe(true));
  it.each(harmless)('lets %s through', (text) => expect(maybeSecret(text)).toBe(false));
});
