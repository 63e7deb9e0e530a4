import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig, secretsOf } from '../../src/config.ts';

const files = (path: string) => !path.includes('missing');

/** The lines that these settings stop the start with. */
function linesOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env, files);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
}

const guid = '11111111-2222-3333-4444-555555555555';
const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'a'.repeat(32) };
const teams = {
  MICROSOFT_APP_ID: guid,
  MICROSOFT_APP_PASSWORD: 'long-enough',
  MICROSOFT_APP_TENANT_ID: guid,
};
const oidc = { OIDC_ISSUER: 'https://login.example.com', OIDC_CLIENT_ID: 'c', OIDC_CLIENT_SECRET: 's' };

/** What is set, the one setting that is complained of, and words of the mend. */
const bad: [Record<string, string>, string, string][] = [
  [{ PORT: 'http' }, 'PORT', 'write a port number'],
  [{ PORT: '65536' }, 'PORT', 'from 0 to 65535'],
  [{ HOST: 'http://127.0.0.1' }, 'HOST', 'write an IP address or a host name'],
  [{ PUBLIC_URL: 'http://ecadesk.example.com' }, 'PUBLIC_URL', 'https'],
  [{ PUBLIC_URL: 'https://example.com/desk' }, 'PUBLIC_URL', 'without'],
  [{ PUBLIC_URL: 'https://user:pw@example.com' }, 'PUBLIC_URL', 'write only the address'],
  [{ PUBLIC_URL: 'ecadesk' }, 'PUBLIC_URL', 'https'],
  [{ TRUST_PROXY: 'true' }, 'TRUST_PROXY', 'how many proxies'],
  [{ TRUST_PROXY: '10.0.0.0/64' }, 'TRUST_PROXY', 'their addresses'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL', 'write one of'],
  [{ DATABASE_URL: 'mysql://localhost/x' }, 'DATABASE_URL', 'postgresql://'],
  [{ DATABASE_URL: 'postgresql://localhost' }, 'DATABASE_URL', '5432/name'],
  [{ DATABASE_URL: '' }, 'DATABASE_URL', 'remove the line'],
  [{ SERVER_KEY_FILE: '/missing' }, 'SERVER_KEY_FILE', 'write the path'],
  [{ AUDIT_KEY_FILE: '/missing' }, 'AUDIT_KEY_FILE', 'write the path'],
  [{ FLOW: './missing.yaml' }, 'FLOW', 'write the path'],
  [{ TIME_ZONE: 'Mars/Olympus' }, 'TIME_ZONE', 'America/New_York'],
  [{ OPENSC_VERSION: '0.25.0' }, 'OPENSC_VERSION', '0.26.1'],
  [{ OPENSC_BY_IT: 'yes' }, 'OPENSC_BY_IT', 'write 1'],
  [{ OPENSC_MIRROR: 'ftp://example.com' }, 'OPENSC_MIRROR', 'https'],
  [{ OPENSC_MIRROR: 'https://example.com', OPENSC_BY_IT: '1' }, 'OPENSC_MIRROR', 'remove one'],
  [{ ECA_EMAIL_SENDER: 'IdenTrust' }, 'ECA_EMAIL_SENDER', 'sender@example.com'],
  [{ ECA_TRUST_BUNDLE: '/missing' }, 'ECA_TRUST_BUNDLE', 'write the path'],
  [{ ECA_TRUST_BUNDLE: '/bundle', ECA_ROOTS: 'abc' }, 'ECA_ROOTS', 'hex digits'],
  [{ ECA_ROOTS: 'a'.repeat(40) }, 'ECA_ROOTS', 'ECA_TRUST_BUNDLE'],
  [{ AGENT: 'on' }, 'AGENT', 'off, look, change'],
  [{ LOCAL_CHAT: 'true' }, 'LOCAL_CHAT', 'write 1'],
  [{ LOCAL_CHAT: '1', HOST: '0.0.0.0' }, 'LOCAL_CHAT', 'HOST=127.0.0.1'],
  [{ DESK_API_KEYS: 'report' }, 'DESK_API_KEYS', 'name:sha256'],
  [{ DESK_API_KEYS: `a:${'0'.repeat(64)},a:${'1'.repeat(64)}` }, 'DESK_API_KEYS', 'two keys of one name'],
  [{ DESK_API_KEYS: '' }, 'DESK_API_KEYS', 'remove the line'],
  [{ DESK_LEADS: 'someone@example.com' }, 'DESK_LEADS', 'slack:<team>:<user>'],
  [{ DESK_LEADS: 'slack:T1:U1,,' }, 'DESK_LEADS', 'one comma'],
  [{ HELP_DESK_CONTACT: 'x'.repeat(301) }, 'HELP_DESK_CONTACT', 'longer than 300'],
  [{ HELP_DESK_HOURS: '9 to 5' }, 'HELP_DESK_HOURS', 'Mon-Fri 08:00-18:00'],
  [{ HELP_DESK_HOURS: 'Mon-Fri 18:00-08:00' }, 'HELP_DESK_HOURS', 'write days and times'],
  [{ HELP_DESK_HOURS: 'Mon 08:00-24:30' }, 'HELP_DESK_HOURS', 'write days and times'],
  [{ ...oidc, OIDC_ISSUER: 'http://login.example.com' }, 'OIDC_ISSUER', 'https'],
  [{ ...oidc, OIDC_CLIENT_SECRET: '' }, 'OIDC_CLIENT_SECRET', 'is empty'],
  [{ OIDC_ISSUER: oidc.OIDC_ISSUER, OIDC_CLIENT_ID: 'c' }, 'OIDC_CLIENT_SECRET', 'write all three'],
  [{ RETAIN_MESSAGES_DAYS: '0' }, 'RETAIN_MESSAGES_DAYS', 'number of days'],
  [{ RETAIN_HISTORY_DAYS: 'a year' }, 'RETAIN_HISTORY_DAYS', 'number of days'],
  [{ RETAIN_MESSAGES_DAYS: '9', RETAIN_HISTORY_DAYS: '8' }, 'RETAIN_MESSAGES_DAYS', 'the same or less'],
  [{ ...slack, SLACK_BOT_TOKEN: 'xapp-1' }, 'SLACK_BOT_TOKEN', 'xoxb-'],
  [{ ...slack, SLACK_BOT_TOKEN: '' }, 'SLACK_BOT_TOKEN', 'is empty'],
  [{ SLACK_BOT_TOKEN: 'xoxb-1' }, 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN for Socket Mode'],
  [{ ...slack, SLACK_SIGNING_SECRET: 'xoxb-1-2-3-4' }, 'SLACK_SIGNING_SECRET', 'Basic Information'],
  [{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xoxb-1' }, 'SLACK_APP_TOKEN', 'xapp-'],
  [{ SLACK_SIGNING_SECRET: slack.SLACK_SIGNING_SECRET }, 'SLACK_BOT_TOKEN', 'is missing'],
  [{ SLACK_HELPDESK_CHANNEL: 'C012345' }, 'SLACK_BOT_TOKEN', 'is missing'],
  [{ ...slack, SLACK_HELPDESK_CHANNEL: '#help' }, 'SLACK_HELPDESK_CHANNEL', 'C0123456789'],
  [{ ...slack, SLACK_API_URL: 'http://slack.example.com' }, 'SLACK_API_URL', 'https'],
  [{ SLACK_CHANNEL_INTERVAL_MS: '1s' }, 'SLACK_CHANNEL_INTERVAL_MS', 'milliseconds'],
  [{ SLACK_POSTS_PER_MINUTE: '0' }, 'SLACK_POSTS_PER_MINUTE', 'such as 300'],
  [{ ...teams, MICROSOFT_APP_ID: 'ecadesk' }, 'MICROSOFT_APP_ID', '36 characters'],
  [{ ...teams, MICROSOFT_APP_ID: '' }, 'MICROSOFT_APP_ID', 'is empty'],
  [{ MICROSOFT_APP_PASSWORD: 'long-enough' }, 'MICROSOFT_APP_ID', 'is missing'],
  [{ MICROSOFT_APP_ID: guid, MICROSOFT_APP_TENANT_ID: guid }, 'MICROSOFT_APP_PASSWORD', 'UserAssignedMSI'],
  [{ ...teams, MICROSOFT_APP_PASSWORD: 'short' }, 'MICROSOFT_APP_PASSWORD', "secret's value"],
  [{ ...teams, MICROSOFT_APP_TYPE: 'UserAssignedMSI' }, 'MICROSOFT_APP_PASSWORD', 'remove one'],
  [{ ...teams, MICROSOFT_APP_TYPE: 'Single' }, 'MICROSOFT_APP_TYPE', 'SingleTenant'],
  [{ MICROSOFT_APP_ID: guid, MICROSOFT_APP_PASSWORD: 'long-enough' }, 'MICROSOFT_APP_TENANT_ID', 'tenant'],
  [{ ...teams, MICROSOFT_APP_TENANT_ID: 'contoso' }, 'MICROSOFT_APP_TENANT_ID', '36 characters'],
  [{ ...teams, MICROSOFT_CLOUD: 'china' }, 'MICROSOFT_CLOUD', 'usgov'],
  [{ ...teams, TEAMS_HELPDESK_CHANNEL: 'https://teams.example.com' }, 'TEAMS_HELPDESK_CHANNEL', 'not a link'],
  [{ ...teams, TEAMS_TENANTS: `${guid},contoso` }, 'TEAMS_TENANTS', '36 characters'],
  [{ ...teams, TEAMS_SERVICE_URLS: 'http://example.com' }, 'TEAMS_SERVICE_URLS', 'https'],
  [{ ...teams, TEAMS_OPENID_METADATA_URL: 'example' }, 'TEAMS_OPENID_METADATA_URL', 'https'],
  [{ TEAMS_ANONYMOUS: '1', HOST: '0.0.0.0' }, 'TEAMS_ANONYMOUS', 'HOST=127.0.0.1'],
  [{ TEAMS_ANONYMOUS: '1', PUBLIC_URL: 'https://e.example.com' }, 'TEAMS_ANONYMOUS', 'off this computer'],
  [{ TEAMS_ANONYMOUS: '1', ...teams }, 'TEAMS_ANONYMOUS', 'contradicts MICROSOFT_APP_ID'],
  [{ TEAMS_ANONYMOUS: 'on' }, 'TEAMS_ANONYMOUS', 'write 1'],
  [{ TEAMS_THREAD_PER_SECOND: '-1' }, 'TEAMS_THREAD_PER_SECOND', 'such as 7'],
  [{ TEAMS_TENANT_PER_SECOND: 'x' }, 'TEAMS_TENANT_PER_SECOND', 'such as 30'],
];

describe('A setting that is missing, malformed or contradictory', () => {
  it.each(bad)('%j stops the start with the line of %s', (env, name, mend) => {
    const lines = linesOf(env);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${name} `));
    expect(lines[0]).toContain(mend);
    expect(lines[0]).toMatch(/: (write|remove) /);
  });

  it('is told together with all the others, one line each', () => {
    const lines = linesOf({ PORT: 'http', AGENT: 'on', TIME_ZONE: 'x' });
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['PORT', 'TIME_ZONE', 'AGENT']);
  });

  it('never shows what was written, since it may be a secret in the wrong place', () => {
    const canary = 'CANARY-hunter2';
    for (const [env] of bad) {
      const poisoned = Object.fromEntries(Object.keys(env).map((name) => [name, canary]));
      expect(linesOf(poisoned).join('\n')).not.toContain(canary);
    }
  });
});

describe('A good configuration', () => {
  it('needs nothing: one computer, the embedded database, the browser chat', () => {
    const config = readConfig({}, files);
    expect(config).toMatchObject({ slack: null, teams: null, localChat: true, data: { databaseUrl: null } });
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 3978, loopback: true });
    expect(config.warnings).toEqual([]);
  });

  it('leaves the browser chat out once Slack or Teams is there, unless it is asked for', () => {
    expect(readConfig(slack, files).localChat).toBe(false);
    expect(readConfig(teams, files).localChat).toBe(false);
    expect(readConfig({ ...slack, LOCAL_CHAT: '1' }, files).localChat).toBe(true);
    expect(readConfig({ HOST: '192.0.2.1' }, files).localChat).toBe(false);
  });

  it('warns when nobody could talk to the bot', () => {
    expect(readConfig({ LOCAL_CHAT: '0' }, files).warnings.join()).toContain('no employee can talk');
  });

  it('reads Slack over HTTP and in Socket Mode', () => {
    expect(readConfig(slack, files).slack).toMatchObject({
      botToken: 'xoxb-1',
      appToken: null,
      channelIntervalMs: 1000,
    });
    const socket = readConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }, files).slack;
    expect(socket).toMatchObject({ appToken: 'xapp-1', signingSecret: null });
  });

  it('reads Teams with a secret, with a managed identity, for several tenants, and anonymous', () => {
    expect(readConfig(teams, files).teams).toMatchObject({
      tenants: [guid],
      anonymous: false,
      cloud: 'public',
    });
    const { MICROSOFT_APP_PASSWORD: _, ...rest } = teams;
    const managed = readConfig({ ...rest, MICROSOFT_APP_TYPE: 'UserAssignedMSI' }, files).teams;
    expect(managed?.app).toMatchObject({ password: null, type: 'UserAssignedMSI' });
    const { MICROSOFT_APP_TENANT_ID: __, ...tenantless } = teams;
    const many = {
      ...tenantless,
      MICROSOFT_APP_TYPE: 'MultiTenant',
      TEAMS_TENANTS: `${guid}, ${guid.toUpperCase()}`,
    };
    expect(readConfig(many, files).teams?.tenants).toEqual([guid, guid]);
    expect(readConfig({ TEAMS_ANONYMOUS: '1' }, files).teams).toMatchObject({ app: null, anonymous: true });
  });

  it('reads lists, hours, fingerprints and addresses into what they mean', () => {
    const config = readConfig(
      {
        DESK_LEADS: 'slack:T1:U1, teams:t:a',
        DESK_API_KEYS: `report:${'AB'.repeat(32)}`,
        HELP_DESK_HOURS: 'Sat-Mon 08:30-24:00, Wed 09:00-12:00',
        ECA_TRUST_BUNDLE: '/bundle.p7b',
        ECA_ROOTS: '73:E8:BB:08:E3:37:D6:A5:A6:AE:F9:0C:FF:DD:97:D9:17:6C:B5:82',
        PUBLIC_URL: 'https://ecadesk.example.com/',
        TRUST_PROXY: '10.0.0.0/8, loopback',
      },
      files,
    );
    expect(config.desk.leads).toEqual([
      { provider: 'slack', tenant: 'T1', id: 'U1' },
      { provider: 'teams', tenant: 't', id: 'a' },
    ]);
    expect(config.desk.apiKeys).toEqual([{ name: 'report', sha256: 'ab'.repeat(32) }]);
    expect(config.desk.hours?.spans).toEqual([
      { days: [6, 7, 1], from: 510, to: 1440 },
      { days: [3], from: 540, to: 720 },
    ]);
    expect(config.trust.roots).toEqual(['73e8bb08e337d6a5a6aef90cffdd97d9176cb582']);
    expect(config.server).toMatchObject({
      publicUrl: 'https://ecadesk.example.com',
      trustProxy: ['10.0.0.0/8', 'loopback'],
    });
    expect(readConfig({ TRUST_PROXY: '2' }, files).server.trustProxy).toBe(2);
  });

  it('takes an empty line for an absent one', () => {
    expect(readConfig({ PORT: '', HELP_DESK_CONTACT: ' ' }, files)).toMatchObject({ server: { port: 3978 } });
  });

  it('names its secrets, so that logs can leave them out', () => {
    const config = readConfig(
      { ...slack, ...teams, ...oidc, DATABASE_URL: 'postgresql://u:p%40ss@h/d' },
      files,
    );
    expect(secretsOf(config)).toEqual(
      expect.arrayContaining(['xoxb-1', 'a'.repeat(32), 'long-enough', 's', 'p@ss']),
    );
  });
});
