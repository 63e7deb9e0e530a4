import type { BotFrameworkAuthentication, ConnectorClient } from 'botframework-connector';
import { z } from 'zod';
import type { Connector, ConnectorFor, OutgoingActivity } from '../connector.ts';
import { ConnectorFault } from '../transport.ts';
import type { Sdk } from './load.ts';

const made = z.object({ id: z.string().min(1), activityId: z.string().optional() });
const roster = z.object({
  members: z.array(
    z.looseObject({
      id: z.string(),
      aadObjectId: z.string().optional(),
      /** The Playground and some clouds name it so. */
      objectId: z.string().optional(),
      tenantId: z.string().optional(),
      userRole: z.string().optional(),
    }),
  ),
  continuationToken: z.string().nullish(),
});

/** One client for each service address, with the bot's own credentials. */
export function connectors(
  sdk: Sdk,
  auth: BotFrameworkAuthentication,
  appId: string,
  scope: string,
): ConnectorFor {
  const identity = new sdk.connector.ClaimsIdentity([
    { type: sdk.connector.AuthenticationConstants.AudienceClaim, value: appId },
    { type: sdk.connector.AuthenticationConstants.AppIdClaim, value: appId },
  ]);
  const factory = auth.createConnectorFactory(identity);
  const clients = new Map<string, Promise<Connector>>();
  return (serviceUrl) => {
    const known = clients.get(serviceUrl);
    if (known) return known;
    const connector = factory.create(serviceUrl, scope).then(connectorOf);
    clients.set(serviceUrl, connector);
    connector.catch(() => clients.delete(serviceUrl));
    return connector;
  };
}

function connectorOf({ conversations }: ConnectorClient): Connector {
  return {
    async post(conversation, activity) {
      return idOf(await conversations.sendToConversation(conversation, wire(activity)));
    },
    async update(conversation, id, activity) {
      await conversations.updateActivity(conversation, id, { ...wire(activity), id });
    },
    async remove(conversation, id) {
      await conversations.deleteActivity(conversation, id);
    },
    async startThread({ channel, tenant, bot }, activity) {
      const answer = made.parse(
        await conversations.createConversation({
          isGroup: true,
          bot: { id: bot, name: '' },
          tenantId: tenant,
          channelData: { channel: { id: channel }, tenant: { id: tenant } },
          activity: wire(activity),
        } as Parameters<typeof conversations.createConversation>[0]),
      );
      return { conversation: answer.id, activity: answer.activityId ?? answer.id };
    },
    async ownChat({ user, tenant, bot }) {
      const answer = await conversations.createConversation({
        isGroup: false,
        bot: { id: bot, name: '' },
        members: [{ id: user, name: '' }],
        tenantId: tenant,
        channelData: { tenant: { id: tenant } },
      } as Parameters<typeof conversations.createConversation>[0]);
      return made.parse(answer).id;
    },
    async members(conversation, page) {
      const answer = roster.parse(
        await conversations.getConversationPagedMembers(conversation, {
          pageSize: 200,
          ...(page && { continuationToken: page }),
        } as Parameters<typeof conversations.getConversationPagedMembers>[1]),
      );
      return {
        members: answer.members.map(({ id, aadObjectId, objectId, tenantId, userRole }) => {
          const person = aadObjectId ?? objectId;
          return {
            id,
            ...(person && { aadObjectId: person }),
            ...(tenantId && { tenantId }),
            ...(userRole && { userRole }),
          };
        }),
        ...(answer.continuationToken && { next: answer.continuationToken }),
      };
    },
  };
}

type Wire = Parameters<ConnectorClient['conversations']['sendToConversation']>[1];

function wire(activity: OutgoingActivity): NonNullable<Wire> {
  return { ...activity } as NonNullable<Wire>;
}

/** An answer without an id cannot be edited later, but it was sent: the unknown is said, not hidden. */
function idOf(answer: unknown): string {
  const parsed = made.safeParse(answer);
  if (parsed.success) return parsed.data.id;
  throw new ConnectorFault('The connector named no message.', {
    status: null,
    sent: true,
    cause: parsed.error,
  });
}
