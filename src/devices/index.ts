import { randomInt, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { SideTalk } from '../bot/engine.ts';
import { Agents } from './agents.ts';
import { type AgentItem, type Overview, overviewOf, pairedWith } from './overview.ts';
import { Budget } from './pairing/budget.ts';
import { CodeMaker } from './pairing/code-maker.ts';
import { Pairings } from './pairing/pairings.ts';
import { pairRoutes } from './pairing/routes.ts';
import { createStages } from './pairing/stages.ts';
import type { DevicesParts } from './parts.ts';
import { createSay } from './say.ts';
import { secretFor } from './server-key.ts';
import { pairTalk } from './talk/pair-talk.ts';

export { refuseUpgrades } from './link/upgrades.ts';
export type { AgentItem, Overview } from './overview.ts';
export { Policy } from './policy.ts';
export { openServerKey } from './server-key.ts';
export { DevicesSetupError } from './setup-error.ts';
export { openTrust, type ServerTrust } from './trust.ts';

export interface Devices {
  talk: SideTalk;
  /** `POST /agent/pair` and `GET /agent/link`; registered on the server's root, for it takes upgrades. */
  routes(app: FastifyInstance): ReturnType<FastifyPluginAsync>;
  overview(): Promise<Overview>;
  /** The computer that is paired with this journey now. */
  pairedWith(journeyId: string): Promise<AgentItem | null>;
  /** Ends the pairing of this journey's computer. @returns false where none is paired */
  unpair(journeyId: string, by: string): Promise<boolean>;
  /** What a crash left half done, and what is past its time; once over all processes is enough. */
  sweep(): Promise<void>;
  /** What operators see in numbers. */
  numbers: { connected(): number; refused(): number; tasks(status: string): Promise<number> };
  start(): Promise<void>;
  /** After the server's stop. */
  stop(): Promise<void>;
}

/** The server's side of paired computers: pairing, their links, what they are asked and what they prove. */
export function createDevices(parts: DevicesParts): Devices {
  const { prisma, policy, key, clock } = parts;
  const say = createSay(parts);
  const agents = new Agents(parts);
  const codes = new CodeMaker(secretFor(key.privateKey, 'pairing codes'));
  const pairings = new Pairings(prisma);
  const stages = createStages({
    ...parts,
    pairings,
    codes,
    say,
    random: randomInt,
    wrongCodes: new Budget(30, 10 * 60_000, clock),
  });
  return {
    talk: pairTalk({ ...parts, pairings, codes, say, unpair: agents.unpair, newId: randomUUID }),
    async routes(app) {
      await app.register(pairRoutes(stages, policy));
      agents.attach(app);
    },
    overview: () => overviewOf(prisma, policy, clock()),
    pairedWith: (journeyId) => pairedWith(prisma, journeyId, clock()),
    async unpair(journeyId, by) {
      const device = await prisma.device.findFirst({ where: { journeyId, unpairedAt: null } });
      return device !== null && agents.unpair(device.id, by);
    },
    async sweep() {
      await agents.sweep();
      await pairings.forgetOld(clock());
    },
    numbers: {
      connected: () => agents.connected,
      refused: () => agents.refused,
      tasks: (status) => prisma.deviceTask.count({ where: { status } }),
    },
    start: () => agents.start(),
    stop: () => agents.stop(),
  };
}
