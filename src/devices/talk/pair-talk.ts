import { showCode } from '../../agent/protocol.ts';
import type { Action } from '../../bot/action.ts';
import type { Reply } from '../../bot/engine/reply.ts';
import type { SideTalk } from '../../bot/engine.ts';
import type { Message } from '../../bot/message.ts';
import type { Happen } from '../../flows/happen.ts';
import type { PrismaClient } from '../../store/generated/client.ts';
import type { Snapshot } from '../../store/journal.ts';
import { deviceSystem, stateOf } from '../device.ts';
import type { CodeMaker } from '../pairing/code-maker.ts';
import { codeLife, type Pairing, type Pairings } from '../pairing/pairings.ts';
import { numberCard } from '../pairing/stages.ts';
import type { Policy } from '../policy.ts';
import { idFrom, type Say } from '../say.ts';
import { tellPaired, type Unpair } from '../unpair.ts';
import * as words from './messages.ts';

export interface PairTalkParts {
  prisma: PrismaClient;
  pairings: Pairings;
  codes: CodeMaker;
  policy: Policy;
  happen: Happen;
  say: Say;
  unpair: Unpair;
  clock: () => number;
  newId: () => string;
  /** Where computers reach this server, such as "https://ecadesk.example.com". */
  address: () => string;
}

const heard = (...messages: Message[]) => ({ event: { type: 'heard' as const }, messages });

/** The message with a pairing's code; its id follows from the pairing, so that it goes once the code is used. */
const codeCard = (pairing: string) => idFrom('code-card', pairing);

/** Pairing in the chat: a code, a number to choose, the paired computer and its end. */
export function pairTalk(parts: PairTalkParts): SideTalk {
  const { prisma, pairings, codes, policy, happen, say, unpair } = parts;
  const now = () => new Date(parts.clock());

  async function pair(eventId: string, { journey, person, conversation }: Snapshot): Promise<Reply> {
    if (journey.status === 'done') return heard(words.journeyOver());
    const device = await prisma.device.findFirst({ where: { journeyId: journey.id, unpairedAt: null } });
    if (device) {
      const { name, account } = deviceSystem.parse(device.system);
      const computer = { hostname: device.hostname, account, system: name };
      return heard(words.pairedWith(device.id, computer, stateOf(device, parts.clock())));
    }
    // Named by the event: one that is delivered twice gives the same code, and says it once.
    const id = idFrom('pairing', eventId);
    const { lookup, secret } = codes.codeOf(id);
    if (!(await pairings.find(id)))
      await pairings.begin({
        id,
        personId: person.id,
        journeyId: journey.id,
        lookup,
        secretHash: codes.hash(id, secret),
        createdAt: now(),
        expiresAt: new Date(parts.clock() + codeLife),
      });
    else if (await prisma.outbox.findUnique({ where: { id: codeCard(id) } })) return heard();
    const message = words.codeToType(id, showCode({ lookup, secret }), parts.address());
    const row = {
      id: codeCard(id),
      conversationId: conversation.id,
      op: 'post',
      targetId: null,
      message,
    } as const;
    return { ...heard(), rows: [row] };
  }

  /** What this person presses counts for their own pairing only. */
  async function own(action: Action, { person }: Snapshot): Promise<Pairing | null> {
    const found = uuid.test(action.about ?? '') ? await pairings.find(action.about ?? '') : null;
    return found?.personId === person.id ? found : null;
  }

  async function cancel(action: Action, snapshot: Snapshot) {
    const pairing = await own(action, snapshot);
    if (!pairing || pairing.status === 'confirmed') return heard(words.over());
    await pairings.void(pairing.id, 'withdrawn');
    const conversationId = snapshot.conversation.id;
    const row = { id: parts.newId(), conversationId, op: 'edit', targetId: codeCard(pairing.id) } as const;
    return { ...heard(), rows: [{ ...row, message: words.cancelled() }] };
  }

  async function choose(action: Action, snapshot: Snapshot) {
    const pairing = await own(action, snapshot);
    if (!pairing?.claim) return heard(words.over());
    const right = action.arg === pairing.claim.number;
    if (pairing.status === 'confirmed' && right) return finish(pairing, pairing.claim);
    if (pairing.status === 'void' && pairing.why === 'refused') return heard(refusal(action));
    if (pairing.status !== 'claimed' || pairing.expiresAt <= now()) return heard(words.over());
    if (right) {
      await pairings.confirm(pairing.id, parts.newId(), now());
      return finish(pairing, pairing.claim);
    }
    await pairings.void(pairing.id, 'refused');
    await say(pairing.journeyId, idFrom('answered', pairing.id), words.notPaired(), numberCard(pairing.id));
    return heard(refusal(action));
  }

  const refusal = ({ arg }: Action) => (arg === 'none' ? words.notMe() : words.wrongNumber());

  /** The journey is told, and says so itself. Harmless when it was told before. */
  async function finish(pairing: Pairing, { publicKey, hostname }: { publicKey: string; hostname: string }) {
    const device = await prisma.device.findUnique({ where: { publicKey } });
    if (!device || device.unpairedAt || device.journeyId !== pairing.journeyId) return heard(words.over());
    await tellPaired(happen, pairing.journeyId, device);
    await say(pairing.journeyId, idFrom('used', pairing.id), words.codeUsed(), codeCard(pairing.id));
    await say(
      pairing.journeyId,
      idFrom('answered', pairing.id),
      words.answered(hostname),
      numberCard(pairing.id),
    );
    return 'handled' as const;
  }

  async function leave(action: Action, { person }: Snapshot) {
    const device = uuid.test(action.about ?? '')
      ? await prisma.device.findUnique({ where: { id: action.about ?? '' } })
      : null;
    const done = device?.personId === person.id && (await unpair(device.id, 'employee'));
    return done ? ('handled' as const) : heard(words.noLonger());
  }

  return {
    words: ['pair'],
    verbs: ['pair-cancel', 'pair-number', 'unpair'],
    async answer(incoming, intent, snapshot) {
      if (!snapshot) return heard(words.notYours());
      if (intent.kind === 'press' && intent.action.verb === 'unpair') return leave(intent.action, snapshot);
      if (policy.mode === 'off') return null;
      if (intent.kind === 'word') return pair(`${incoming.from.provider}/${incoming.id}`, snapshot);
      if (intent.kind !== 'press') return null;
      return intent.action.verb === 'pair-cancel'
        ? cancel(intent.action, snapshot)
        : choose(intent.action, snapshot);
    },
  };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
