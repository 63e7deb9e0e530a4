import { accessSync, constants, statSync } from 'node:fs';
import { Complaints } from './config/complaints.ts';
import {
  type DeskConfig,
  deskConfig,
  deskSettings,
  localChat,
  type RetainConfig,
  retainConfig,
} from './config/desk.ts';
import {
  type AgentConfig,
  agentConfig,
  type FlowConfig,
  flowConfig,
  flowSettings,
  type IsFile,
  type TrustConfig,
  trustConfig,
} from './config/flow.ts';
import { type Environment, readSettings } from './config/read.ts';
import {
  type DataConfig,
  dataConfig,
  type ServerConfig,
  serverConfig,
  serverSettings,
} from './config/server.ts';
import { type SlackConfig, slackConfig, slackSettings } from './config/slack.ts';
import { type TeamsConfig, teamsConfig, teamsSettings } from './config/teams.ts';

export { ConfigError } from './config/complaints.ts';

/** Every setting there is, in the order of the README. */
export const settings = {
  ...serverSettings,
  ...flowSettings,
  ...deskSettings,
  ...slackSettings,
  ...teamsSettings,
};

/** The environment, checked. Plain data; `secretsOf` names what must never be shown. */
export interface Config {
  server: ServerConfig;
  data: DataConfig;
  flow: FlowConfig;
  trust: TrustConfig;
  agent: AgentConfig;
  /** Null: off. */
  slack: SlackConfig | null;
  teams: TeamsConfig | null;
  localChat: boolean;
  desk: DeskConfig;
  retain: RetainConfig;
  /** Odd, but no reason to stop: sentences for the log. */
  warnings: readonly string[];
}

/**
 * The configuration in an environment. An empty value counts as absent, but for secrets, where it is a mistake.
 * @throws {ConfigError} with one line for each setting that is missing, malformed or contradictory
 */
export function readConfig(env: Environment, isFile: IsFile = isReadableFile): Config {
  const complaints = new Complaints();
  const warnings: string[] = [];
  const reading = readSettings(settings, env, complaints, (sentence) => warnings.push(sentence));
  const server = serverConfig(reading);
  const slack = slackConfig(reading);
  const teams = teamsConfig(reading, server);
  const otherChannels =
    reading.given('SLACK_BOT_TOKEN') || reading.given('MICROSOFT_APP_ID') || teams !== null;
  const config: Config = {
    server,
    data: dataConfig(reading, isFile),
    flow: flowConfig(reading, isFile),
    trust: trustConfig(reading, isFile),
    agent: agentConfig(reading),
    slack,
    teams,
    localChat: localChat(reading, { loopback: server.loopback, otherChannels }),
    desk: deskConfig(reading),
    retain: retainConfig(reading),
    warnings,
  };
  if (config.agent.mode !== 'off' && config.data.databaseUrl !== null && config.data.serverKeyFile === null)
    warnings.push(
      'SERVER_KEY_FILE is not set: several processes on one DATABASE_URL must share it, or computers that one has paired are refused by the others.',
    );
  if (!config.localChat && !otherChannels)
    warnings.push('Neither Slack, Teams nor the browser chat is on, so no employee can talk to the bot.');
  complaints.settle();
  return config;
}

/** The values in a configuration that must appear in no log and no answer. */
export function secretsOf(config: Config): string[] {
  const { slack, teams, desk, data } = config;
  const password = data.databaseUrl === null ? '' : decodeURIComponent(new URL(data.databaseUrl).password);
  return [
    slack?.botToken,
    slack?.signingSecret,
    slack?.appToken,
    teams?.app?.password,
    desk.oidc?.clientSecret,
    data.databaseUrl,
    password,
    ...desk.apiKeys.map((key) => key.sha256),
  ].filter((secret): secret is string => typeof secret === 'string' && secret !== '');
}

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
