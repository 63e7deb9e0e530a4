import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { limits } from '../../../src/bot/slack/limits.ts';
import { eventsPath } from '../../../src/bot/slack/routes.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const manifest = z.object({
  display_information: z
    .object({
      name: z.string().max(35),
      description: z.string().max(140),
      long_description: z.string().min(175).max(4000),
    })
    .loose(),
  features: z
    .object({
      slash_commands: z.array(
        z
          .object({
            command: z.literal('/ecadesk'),
            url: z.string().optional(),
            description: z.string().max(2000),
          })
          .loose(),
      ),
    })
    .loose(),
  oauth_config: z.object({ scopes: z.strictObject({ bot: z.array(z.string()) }) }).strict(),
  settings: z
    .object({
      event_subscriptions: z.object({ request_url: z.string().optional(), bot_events: z.array(z.string()) }),
      interactivity: z.object({ is_enabled: z.literal(true), request_url: z.string().optional() }),
      socket_mode_enabled: z.boolean(),
    })
    .loose(),
});
const http = manifest.parse(JSON.parse(read('slack/manifest.json')));
const socket = manifest.parse(JSON.parse(read('slack/manifest.socket-mode.json')));

describe('the manifest', () => {
  test('leads Slack to the address that the service listens at; over Socket Mode to none', () => {
    const address = `https://YOUR-ADDRESS${eventsPath}`;
    const addresses = (m: typeof http) => [
      m.features.slash_commands[0]?.url,
      m.settings.event_subscriptions.request_url,
      m.settings.interactivity.request_url,
    ];
    expect(addresses(http)).toEqual([address, address, address]);
    expect(addresses(socket)).toEqual([undefined, undefined, undefined]);
    expect([http.settings.socket_mode_enabled, socket.settings.socket_mode_enabled]).toEqual([false, true]);
  });

  test('asks for the same permissions and events in both modes, and the documentation explains each', () => {
    expect(socket.oauth_config).toEqual(http.oauth_config);
    expect(socket.settings.event_subscriptions.bot_events).toEqual(
      http.settings.event_subscriptions.bot_events,
    );
    const documentation = read('docs/slack.md');
    for (const name of [...http.oauth_config.scopes.bot, ...http.settings.event_subscriptions.bot_events])
      expect(documentation, name).toContain(`\`${name}\``);
  });

  test('has a name that fits wherever Slack shows it', () => {
    expect(http.display_information.name.length).toBeLessThanOrEqual(limits.modalTitle);
  });
});
