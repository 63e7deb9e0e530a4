import { z } from 'zod';
import type { Connector, ConnectorFor } from '../connector.ts';
import { ConnectorFault, sendOnce, type WireRequest } from '../transport.ts';

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

/** The bot's own token for what goes out, kept until it expires; null: this bot has none. */
export type Token = () => Promise<string | null>;

/**
 * The calls of the Bot Connector's REST interface, version 3. The SDK has a client for it, which makes a pipeline of a
 * dozen policies for each call and checks our own activities property by property.
 */
export function connectors(token: Token): ConnectorFor {
  const known = new Map<string, Connector>();
  return async (serviceUrl) => {
    const connector = known.get(serviceUrl) ?? connectorOf(caller(serviceUrl, token));
    if (known.size >= mostAddresses) known.clear();
    known.set(serviceUrl, connector);
    return connector;
  };
}

/** There is one for each region; more than that is somebody's play with their path. */
const mostAddresses = 100;

type Call = (method: WireRequest['method'], path: string, body?: object) => Promise<unknown>;

function caller(serviceUrl: string, token: Token): Call {
  const base = `${serviceUrl.replace(/\/+$/, '')}/v3/conversations`;
  return async (method, path, body) => {
    const bearer = await token();
    const text = body && JSON.stringify(body);
    const answer = await sendOnce({
      url: new URL(`${base}${path}`),
      method,
      headers: {
        accept: 'application/json',
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        ...(text !== undefined && {
          'content-type': 'application/json; charset=utf-8',
          'content-length': String(Buffer.byteLength(text)),
        }),
      },
      ...(text !== undefined && { body: text }),
    });
    return jsonOf(answer);
  };
}

/** An update may be answered with nothing at all. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const id = encodeURIComponent;

function connectorOf(call: Call): Connector {
  return {
    async post(conversation, activity) {
      return madeOf(await call('POST', `/${id(conversation)}/activities`, activity)).id;
    },
    async update(conversation, message, activity) {
      const path = `/${id(conversation)}/activities/${id(message)}`;
      await call('PUT', path, { ...activity, id: message });
    },
    async remove(conversation, message) {
      await call('DELETE', `/${id(conversation)}/activities/${id(message)}`);
    },
    async startThread({ channel, tenant, bot }, activity) {
      const answer = madeOf(
        await call('POST', '', {
          isGroup: true,
          bot: { id: bot, name: '' },
          tenantId: tenant,
          channelData: { channel: { id: channel }, tenant: { id: tenant } },
          activity,
        }),
      );
      return { conversation: answer.id, activity: answer.activityId ?? answer.id };
    },
    async ownChat({ user, tenant, bot }) {
      const answer = await call('POST', '', {
        isGroup: false,
        bot: { id: bot, name: '' },
        members: [{ id: user, name: '' }],
        tenantId: tenant,
        channelData: { tenant: { id: tenant } },
      });
      return madeOf(answer).id;
    },
    async members(conversation, page) {
      const query = new URLSearchParams({ pageSize: '200', ...(page && { continuationToken: page }) });
      const answer = roster.parse(await call('GET', `/${id(conversation)}/pagedmembers?${query}`));
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

/** An answer without an id cannot be edited later, but it was sent: the unknown is said, not hidden. */
function madeOf(answer: unknown): z.output<typeof made> {
  const parsed = made.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new ConnectorFault('The connector named no message.', {
    status: null,
    sent: true,
    cause: parsed.error,
  });
}
