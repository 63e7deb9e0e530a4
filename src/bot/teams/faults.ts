import { DeliveryError, type DeliveryFault } from '../channel.ts';
import { ConnectorFault } from './transport.ts';

type Op = 'post' | 'edit' | 'delete';

/**
 * What a connector's refusal means for the outbox. An edit or a deletion may be repeated at will; a post that may
 * have arrived is `ambiguous`, and since Teams lets a bot neither name its messages nor read them back, its
 * repetition is the one way a message can double: at most once for each lost answer.
 */
export function deliveryError(error: unknown, op: Op): DeliveryError {
  if (error instanceof DeliveryError) return error;
  if (!(error instanceof ConnectorFault))
    return new DeliveryError('unavailable', 'Teams could not be asked.', { cause: error });
  const options = { cause: error, ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }) };
  return new DeliveryError(faultOf(error, op), error.message, options);
}

function faultOf({ status, sent, code }: ConnectorFault, op: Op): DeliveryFault {
  const unknown = op === 'post' ? 'ambiguous' : 'unavailable';
  if (status === null) return sent ? unknown : 'unavailable';
  if (status === 429) return 'rate-limited';
  // 401 is our own credential's fault: a message must not be lost by it.
  if (status === 401 || status === 412 || status === 503) return 'unavailable';
  if (status === 403) return 'conversation-gone';
  if (status === 404 || /NotFound$|^ActivityNotFoundInConversation/i.test(code ?? ''))
    return op === 'post' ? 'conversation-gone' : 'target-gone';
  if (status === 408 || status >= 500) return unknown;
  return 'refused';
}
