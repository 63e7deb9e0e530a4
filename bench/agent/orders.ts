import { z } from 'zod';

/** What the bench tells the process of the agents, and what that tells back. */

export const order = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('connect'),
    url: z.string(),
    /** Null: the bare server's greeting, which proves nothing. */
    serverKey: z.string().nullable(),
    devices: z.array(z.object({ id: z.string(), privateKey: z.string() })),
  }),
  /** All links break at once; each agent comes back as an agent does. */
  z.object({ do: z.literal('storm') }),
]);
export type Order = z.input<typeof order>;

export const news = z.discriminatedUnion('is', [
  z.object({ is: z.literal('linked'), count: z.number(), of: z.number() }),
  z.object({ is: z.literal('command'), device: z.string(), action: z.string(), at: z.number() }),
]);
export type News = z.input<typeof news>;
