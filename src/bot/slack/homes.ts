import type { webApi } from '@slack/bolt';
import type { IdentityKey } from '../incoming.ts';
import type { Message } from '../message.ts';
import { faultsOf } from './check.ts';
import { homeView } from './home.ts';

/** Shows people their App Home. It is drawn anew whenever they open it or press something there. */
export class Homes {
  readonly #client: webApi.WebClient;
  readonly #read: (who: IdentityKey) => Promise<Message[]>;

  constructor(client: webApi.WebClient, read: (who: IdentityKey) => Promise<Message[]>) {
    this.#client = client;
    this.#read = read;
  }

  /** @throws when it cannot be read or Slack does not take it */
  async publish(who: IdentityKey): Promise<void> {
    const view = homeView(await this.#read(who));
    const faults = faultsOf(view.blocks, 'view');
    if (faults.length > 0) throw new Error(`The App Home breaks Slack's limits: ${faults.join('; ')}`);
    await this.#client.views.publish({ user_id: who.id, view });
  }
}
