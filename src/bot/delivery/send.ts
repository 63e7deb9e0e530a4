import { type Channel, type Delivered, type Delivery, DeliveryError } from '../channel.ts';

/** How long (ms) a channel may take; then nobody knows whether the message arrived. */
export const deadline = 30_000;

export interface Sent extends Delivered {
  /** An edit whose message was not there any more became a post: this is where the message is now. */
  anew: boolean;
}

/**
 * One attempt. An edit of a message that never arrived, or that is gone, becomes a post; a deletion of one is done.
 * @throws {DeliveryError}
 */
export async function send(channel: Channel, delivery: Delivery, patience = deadline): Promise<Sent> {
  if (delivery.op !== 'post' && isAbsent(delivery.target)) return withoutTarget(channel, delivery, patience);
  try {
    return { ...(await within(channel.deliver(delivery), patience)), anew: false };
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.code !== 'target-gone') throw error;
    return withoutTarget(channel, delivery, patience);
  }
}

const isAbsent = (ref: unknown): boolean => ref === null || ref === undefined;

async function withoutTarget(channel: Channel, delivery: Delivery, patience: number): Promise<Sent> {
  if (delivery.op === 'delete') return { ref: null, anew: false };
  const { target: _gone, ...rest } = delivery;
  return { ...(await within(channel.deliver({ ...rest, op: 'post' }), patience)), anew: true };
}

async function within<T>(answer: Promise<T>, patience: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new DeliveryError('ambiguous', `The channel gave no answer in ${patience} ms.`)),
      patience,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
