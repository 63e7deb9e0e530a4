import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measure } from '../report.ts';
import { inFolder, onEach } from '../support/databases.ts';
import { nodeMain, startService } from '../support/service.ts';

/** The memory that a process holds (RSS) 30 s after it became ready, in MB, with nobody using it. */
export const measure: Measure = async (say) => {
  const bare = await inFolder((folder) => atRest(['node', 'bench/memory/bare.ts'], { DATA_DIR: folder }));
  say('bare Fastify and PGlite: done');
  const ours = await onEach(async (kind, env) => {
    const megabytes = await atRest(nodeMain, env);
    say(`${kind}: done`);
    return { kind, megabytes };
  });
  return {
    rows: ours.map(({ kind, megabytes }) => ({
      name: `memory at rest, ${kind}`,
      ours: megabytes,
      ...(kind === 'embedded' && { peer: { name: 'bare Fastify + PGlite', value: bare } }),
      unit: 'MB',
    })),
  };
};

async function atRest(command: readonly string[], env: Record<string, string>): Promise<number> {
  const service = await startService(command, env);
  try {
    await sleep(30_000);
    const status = await readFile(`/proc/${service.pid}/status`, 'utf8');
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kilobytes === undefined) throw new Error('the system does not say how much memory a process holds');
    return (Number(kilobytes) * 1024) / 1e6;
  } finally {
    await service.stop();
  }
}
