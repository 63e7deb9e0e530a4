import { useState } from 'preact/hooks';
import { SignedOut, wordsOf } from './api.ts';
import { useDesk } from './desk-context.ts';

/** Does one thing at a time, says how it went, and looks again. */
export function useAct() {
  const desk = useDesk();
  const [busy, setBusy] = useState(false);

  /** @returns whether it was done */
  async function act(work: () => Promise<unknown>, done: string): Promise<boolean> {
    if (busy) return false;
    setBusy(true);
    try {
      await work();
      desk.say(done);
      return true;
    } catch (error) {
      if (error instanceof SignedOut) desk.signedOut();
      else desk.warn(wordsOf(error));
      return false;
    } finally {
      setBusy(false);
      desk.look();
    }
  }
  return { act, busy };
}
