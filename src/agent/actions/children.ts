import type { SpawnChild } from '../pkcs11/run-child.ts';

/** A `SpawnChild` whose children can all be ended at once: none may outlive the agent, nor keep it from ending. */
export function endable(spawnChild: SpawnChild): { spawnChild: SpawnChild; endAll: () => void } {
  const running = new Set<ReturnType<SpawnChild>>();
  return {
    spawnChild() {
      const child = spawnChild();
      running.add(child);
      child.once('close', () => running.delete(child));
      return child;
    },
    endAll() {
      for (const child of running) child.kill('SIGKILL');
    },
  };
}
