import type { Config } from './config.ts';
import type { AgentDesk, AgentDeskParts } from './desk/agents.ts';
import type { Devices, Policy } from './devices/index.ts';

/** Paired computers, as the help desk sees them, and who of it is a lead. */
export function agentsFor(
  leads: Config['desk']['leads'],
  devices: Devices | null,
  policy: Policy,
): AgentDeskParts {
  const ids = new Set(leads.map(({ provider, tenant, id }) => `${provider}:${tenant}:${id}`.toLowerCase()));
  return {
    agents: devices && agentDesk(devices, policy),
    // A key, and the operator's own sign-in on this computer, stand for whoever runs the service.
    isLead: (id) => ids.has(id.toLowerCase()) || id.startsWith('key:') || id === 'desk:operator',
  };
}

function agentDesk(devices: Devices, policy: Policy): AgentDesk {
  return {
    stopped: () => policy.stopped,
    overview: () => devices.overview(),
    pairedWith: (journeyId) => devices.pairedWith(journeyId),
    stop: (by) => policy.stop(by),
    resume: (by) => policy.resume(by),
    unpair: (journeyId, by) => devices.unpair(journeyId, by.id),
  };
}
