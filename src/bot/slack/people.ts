import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Profile } from '../incoming.ts';
import type { Log } from './parts.ts';

const userInfo = z.object({
  user: z.object({
    name: z.string().optional(),
    locale: z.string().optional(),
    tz: z.string().optional(),
    profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
  }),
});

interface Known {
  profile: Profile;
  until: number;
}

/** Milliseconds: how long a profile holds, how long after a failure nobody asks again, how long a message waits. */
const holds = 6 * 3_600_000;
const pause = 60_000;
const patience = 700;
const most = 10_000;

/** Who people are, as Slack tells: name, language, time zone. Never a reason to keep a message waiting for long. */
export class People {
  readonly #client: webApi.WebClient;
  readonly #clock: () => Date;
  readonly #log: Log;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<Profile>>();

  constructor(client: webApi.WebClient, clock: () => Date, log: Log) {
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
  }

  /** The profile as far as it is known within a moment; an old one is refreshed for the next time. */
  async profile(user: string): Promise<Profile> {
    const known = this.#known.get(user);
    const current = known && known.until > this.#clock().getTime();
    if (current) return known.profile;
    const asked = this.#ask(user, known?.profile ?? {});
    return known ? known.profile : Promise.race([asked, after(patience)]);
  }

  #ask(user: string, old: Profile): Promise<Profile> {
    const asking = this.#asking.get(user) ?? this.#fetch(user, old).finally(() => this.#asking.delete(user));
    this.#asking.set(user, asking);
    return asking;
  }

  async #fetch(user: string, old: Profile): Promise<Profile> {
    try {
      const answer = userInfo.parse(await this.#client.users.info({ user, include_locale: true }));
      return this.#remember(user, profileOf(answer.user), holds);
    } catch (error) {
      this.#log.warn(
        { err: error, user },
        'Slack did not tell who this is; the conversation goes on without.',
      );
      return this.#remember(user, old, pause);
    }
  }

  #remember(user: string, profile: Profile, time: number): Profile {
    this.#known.delete(user);
    this.#known.set(user, { profile, until: this.#clock().getTime() + time });
    const [oldest] = this.#known.keys();
    if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest);
    return profile;
  }
}

function profileOf({ name, locale, tz, profile }: z.output<typeof userInfo>['user']): Profile {
  const shown = profile?.display_name || profile?.real_name || name;
  return { ...(shown && { name: shown }), ...(locale && { locale }), ...(tz && { zone: tz }) };
}

function after(ms: number): Promise<Profile> {
  return new Promise((resolve) => setTimeout(resolve, ms, {}).unref());
}
