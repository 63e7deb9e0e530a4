import type { Devices } from './devices/index.ts';
import type { Metrics } from './server/metrics.ts';
import type { PrismaClient } from './store/generated/client.ts';

/** What is looked up whenever somebody asks for the metrics. */
export function watchState(metrics: Metrics, prisma: PrismaClient, devices: Devices | null): void {
  metrics.watch('ecadesk_outbox_pending', 'Messages that wait to be delivered', () =>
    prisma.outbox.count({ where: { status: 'pending' } }),
  );
  metrics.watch('ecadesk_journeys_stuck', 'People who are stuck', () =>
    prisma.journey.count({ where: { status: 'stuck' } }),
  );
  if (!devices) return;
  const { connected, refused, tasks } = devices.numbers;
  metrics.watch('ecadesk_agents_connected', 'Paired computers linked to this process', connected);
  metrics.watch('ecadesk_agents_refused', 'Links and results of computers that were refused', refused);
  for (const status of ['pending', 'running', 'declined', 'timed-out', 'failed', 'done'] as const)
    metrics.watch(
      `ecadesk_agent_tasks_${status.replace('-', '_')}`,
      `Tasks of paired computers: ${status.replace('-', ' ')}`,
      () => tasks(status),
    );
}
