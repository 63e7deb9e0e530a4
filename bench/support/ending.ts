/** What still has to be ended or taken away, should the bench be stopped half-way; each thing takes itself out. */
const endings = new Set<() => Promise<void>>();

/** Has `end` run at SIGINT and SIGTERM. @returns how to take it out again */
export function register(end: () => Promise<void>): () => void {
  endings.add(end);
  return () => endings.delete(end);
}

/** Runs `end` after `use`, also at SIGINT and SIGTERM. */
export async function ending<T>(end: () => Promise<void>, use: () => Promise<T>): Promise<T> {
  const takeOut = register(end);
  try {
    return await use();
  } finally {
    takeOut();
    await end();
  }
}

async function endAll(): Promise<void> {
  // The latest first: processes before the folder that they write to.
  for (const end of [...endings].reverse()) await end().catch((error: unknown) => console.error(error));
  process.exit(1);
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => void endAll());
