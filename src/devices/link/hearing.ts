import type { AgentFrame } from '../../agent/protocol.ts';
import type { Happen } from '../../flows/happen.ts';
import type { Changes } from '../../store/changes.ts';
import type { PrismaClient } from '../../store/generated/client.ts';
import { storable } from '../../store/json.ts';
import type { AskForCertificate } from '../tasks/certificate-look.ts';
import type { Dispatch } from '../tasks/dispatch.ts';
import type { Endings } from '../tasks/endings.ts';
import type { Unpair } from '../unpair.ts';
import type { AgentSocket, LinkedDevice } from './agent-socket.ts';

export interface HearingParts {
  prisma: PrismaClient;
  happen: Happen;
  endings: Endings;
  dispatch: Dispatch;
  unpair: Unpair;
  askForCertificate: AskForCertificate;
  clock: () => number;
  changes: Changes;
}

/** What a proven agent says, carried out. */
export class Hearing {
  /** Results that were told of another computer's tasks. */
  foreign = 0;
  readonly #parts: HearingParts;
  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  async hear(socket: AgentSocket, frame: AgentFrame): Promise<void> {
    const { device } = socket;
    if (!device) return;
    if (frame.type === 'began' && socket.sent?.has(frame.task)) await this.#began(device, frame.task);
    if (frame.type === 'result') await this.#result(socket, device, frame);
    if (frame.type === 'seen' && frame.task === socket.watch) await this.#seen(device, frame.present);
    if (frame.type === 'switch') await this.#switch(socket, device, frame.on);
    if (frame.type === 'unpair') await this.#parts.unpair(device.id, 'computer');
  }

  async #began(device: LinkedDevice, task: string): Promise<void> {
    await this.#parts.prisma.deviceTask.updateMany({
      where: { id: task, deviceId: device.id, status: 'pending' },
      data: { status: 'running' },
    });
  }

  /** A task that nobody knows was a watch, which is not kept: nor need the agent keep its end. */
  async #result(
    socket: AgentSocket,
    device: LinkedDevice,
    { task, outcome }: Extract<AgentFrame, { type: 'result' }>,
  ): Promise<void> {
    const { endings, dispatch } = this.#parts;
    const kept = await endings.end(task, device.id, outcome);
    if (kept === 'foreign') {
      this.foreign += 1;
      return;
    }
    socket.sent?.delete(task);
    socket.tell({ type: 'taken', task });
    if (kept === 'unknown') dispatch.watchEnded(socket, task);
    // Software may be there now that was not: what could not be watched is tried again.
    else if (outcome.status === 'done' && socket.watch === null) socket.watchDue = 0;
  }

  /**
   * Only what is new is told. Until all that follows from it has happened it is not known any more what was told
   * last: after a crash in between, what is seen then is told whatever it is.
   */
  async #seen(device: LinkedDevice, present: boolean): Promise<void> {
    const { happen, askForCertificate, dispatch } = this.#parts;
    if (device.token === present) return;
    await this.#keepToken(device, null);
    const by = { kind: 'computer' as const, id: device.id };
    const fact = present ? ('token-present' as const) : ('token-absent' as const);
    await happen(device.journeyId, { type: 'proven', fact }, by);
    if (!present) {
      const message = 'Put your token in, please: no token can be seen.';
      const gone = { fact: 'token-present' as const, verdict: 'no-token', message, asked: false };
      await happen(device.journeyId, { type: 'disproven', ...gone }, by);
    }
    const asked = present && (await askForCertificate(device));
    await this.#keepToken(device, present);
    if (asked) await dispatch.poll();
  }

  async #keepToken(device: LinkedDevice, token: boolean | null): Promise<void> {
    if (device.token === token) return;
    device.token = token;
    await this.#parts.prisma.$executeRaw`UPDATE "Device" SET system = system || ${storable({ token })}::jsonb
      WHERE id = ${device.id}::uuid`;
  }

  async #switch(socket: AgentSocket, device: LinkedDevice, on: boolean): Promise<void> {
    const { prisma, clock, dispatch } = this.#parts;
    device.on = on;
    await prisma.device.updateMany({
      where: { id: device.id },
      data: { disabledAt: on ? null : new Date(clock()) },
    });
    this.#parts.changes.announce(null);
    socket.watch = null;
    socket.watchDue = 0;
    if (on) await dispatch.renewWatches();
    await dispatch.poll();
  }
}
