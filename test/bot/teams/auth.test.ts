import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChannelKeys } from '../../../src/bot/teams/auth/keys.ts';
import { clouds } from '../../../src/bot/teams/cloud.ts';
import { createTeams } from '../../../src/bot/teams/index.ts';
import { accessOf, mayServe, type TeamsSettings } from '../../../src/bot/teams/settings.ts';
import { appId, messageActivity, tenant } from '../../support/teams/activities.ts';
import { anonymous, startTeamsBot, type TeamsBot } from '../../support/teams/bot.ts';
import { OpenIdServer } from '../../support/teams/openid-server.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const now = () => Math.floor(Date.now() / 1000);
const other = '77777777-7777-4777-8777-777777777777';

describe.each(['public', 'usgov'] as const)('who may speak to the bot in the %s cloud', (cloud) => {
  const issuer = clouds[cloud].issuer;
  const serviceUrl = `${clouds[cloud].serviceUrls[0]}amer/${tenant}/`;
  let openId: OpenIdServer;
  let bot: TeamsBot;

  const settings = (): TeamsSettings => ({
    ...anonymous,
    app: { id: appId, password: 'a-secret-of-the-test', type: 'SingleTenant', tenantId: tenant },
    cloud,
    tenants: [tenant],
    openIdMetadataUrl: openId.metadataUrl,
    anonymous: false,
  });
  const claims = (change: Record<string, unknown> = {}) => ({
    iss: issuer,
    aud: appId,
    exp: now() + 3600,
    nbf: now() - 60,
    serviceurl: serviceUrl,
    ...change,
  });
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(claims()).filter(([name]) => !names.includes(name)));

  beforeAll(async () => {
    openId = await OpenIdServer.start();
    bot = await startTeamsBot(settings());
  });
  afterAll(async () => {
    await bot.end();
    await openId.stop();
  });

  type Row = [string, 200 | 401, () => Promise<string | undefined>, Record<string, unknown>?];
  const rows: Row[] = [
    ['a valid token', 200, () => openId.sign(claims())],
    ['no token', 401, async () => undefined],
    ['garbage', 401, async () => 'garbage'],
    ['three parts of garbage', 401, async () => 'a.b.c'],
    [
      'a token by a key that the channel did not publish',
      401,
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: 'teams' }).sign(privateKey);
      },
    ],
    [
      'a token of an unknown key id',
      401,
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: 'other' }).sign(privateKey);
      },
    ],
    [
      'a changed payload under a valid signature',
      401,
      async () => {
        const [head, , signature] = (await openId.sign(claims())).split('.');
        const payload = Buffer.from(JSON.stringify(claims({ exp: now() + 9999 }))).toString('base64url');
        return `${head}.${payload}.${signature}`;
      },
    ],
    ['alg: none', 401, async () => new UnsecuredJWT(claims()).encode()],
    ['a wrong audience', 401, () => openId.sign(claims({ aud: other }))],
    ['a wrong issuer', 401, () => openId.sign(claims({ iss: 'https://sts.windows.net/x/' }))],
    [
      "the other cloud's issuer",
      401,
      () => openId.sign(claims({ iss: clouds[cloud === 'public' ? 'usgov' : 'public'].issuer })),
    ],
    ['the right issuer with a foreign tid', 401, () => openId.sign(claims({ tid: other }))],
    ['an expired token', 401, () => openId.sign(claims({ exp: now() - 3600 }))],
    ['a token that is not valid yet', 401, () => openId.sign(claims({ nbf: now() + 3600 }))],
    ['a token without expiry', 401, () => openId.sign(without('exp'))],
    [
      'another service address than the signed one',
      401,
      () => openId.sign(claims({ serviceurl: `${serviceUrl}x` })),
    ],
    ['a token without a service address', 401, () => openId.sign(without('serviceurl'))],
    ['a key that is not endorsed for Teams', 401, () => openId.sign(claims(), 'unendorsed')],
    [
      'another tenant',
      401,
      () => openId.sign(claims()),
      { conversation: { id: 'a:chat', tenantId: other }, channelData: { tenant: { id: other } } },
    ],
    ['two tenants at once', 401, () => openId.sign(claims()), { channelData: { tenant: { id: other } } }],
    ['no tenant', 401, () => openId.sign(claims()), { conversation: { id: 'a:chat' }, channelData: {} }],
  ];

  it.each(rows)('%s → %i, without a word of why', async (_name, status, token, change = {}) => {
    const before = bot.received.length;
    const signed = await token();
    const answer = await bot.post(
      messageActivity(serviceUrl, { id: randomUUID(), ...change }),
      signed === undefined ? undefined : `Bearer ${signed}`,
    );
    expect(answer).toEqual({ status, body: '' });
    expect(bot.received.length - before).toBe(status === 200 ? 1 : 0);
  });

  it('a signed service address that is not on the list → 401', async () => {
    const evil = 'https://smba.trafficmanager.net.example.org/';
    const token = await openId.sign(claims({ serviceurl: evil }));
    expect((await bot.post(messageActivity(evil), `Bearer ${token}`)).status).toBe(401);
  });

  it('takes a new key of the channel once it is named, and asks for keys at most once a minute', async () => {
    let time = Date.now();
    const keys = new ChannelKeys({ metadataUrl: openId.metadataUrl, clock: () => time });
    expect(await keys.find('teams')).not.toBeNull();
    const kid = `rotated-${randomUUID()}`;
    await openId.addKey(kid, ['msteams']);
    const reads = openId.reads;
    expect(await keys.find(kid)).toBeNull();
    expect(openId.reads).toBe(reads);
    time += 61_000;
    expect((await keys.find(kid))?.endorsements).toEqual(new Set(['msteams']));
    expect(openId.reads).toBe(reads + 1);
  });

  it('goes on with the keys it has while the metadata server is away', async () => {
    const own = await OpenIdServer.start();
    let time = Date.now();
    const keys = new ChannelKeys({ metadataUrl: own.metadataUrl, clock: () => time });
    await keys.find('teams');
    await own.stop();
    time += 25 * 60 * 60_000;
    expect(await keys.find('teams')).not.toBeNull();
  });

  it('stays as small as it was under thousands of bogus tokens, each with a new tenant and key', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const signature = (await new SignJWT({}).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)).split(
      '.',
    )[2];
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const flood = async (count: number) => {
      const answers = new Set<number>();
      for (let i = 0; i < count; i += 50)
        await Promise.all(
          Array.from({ length: 50 }, async () => {
            const tid = randomUUID();
            const token = `${part({ alg: 'RS256', kid: randomUUID() })}.${part(claims({ tid, iss: `https://sts.windows.net/${tid}/` }))}.${signature}`;
            answers.add((await bot.post(messageActivity(serviceUrl), `Bearer ${token}`)).status);
          }),
        );
      bot.warnings.length = 0;
      return answers;
    };
    const count = process.env.LONG ? 20_000 : 4_000;
    await flood(500);
    const reads = openId.reads;
    collect();
    const before = process.memoryUsage().heapUsed;
    expect([...(await flood(count))]).toEqual([401]);
    collect();
    const grown = (process.memoryUsage().heapUsed - before) / 1024 / 1024;
    expect(openId.reads - reads).toBeLessThanOrEqual(2);
    // By itself the SDK keeps more than 10 KB for each of them, for ever.
    expect(grown).toBeLessThan(8);
  }, 120_000);
});

describe('starting Teams', () => {
  it('is refused without an application, unless anonymous', async () => {
    const parts = {
      receive: async () => 'received' as const,
      baseUrl: () => null,
      picturesDir: '/nowhere',
      log: { warn: () => {} },
    };
    await expect(createTeams({ ...parts, settings: { ...anonymous, anonymous: false } })).rejects.toThrow(
      'MICROSOFT_APP_ID',
    );
  });

  it('sets every address of a cloud together', () => {
    const gov = accessOf({ ...anonymous, cloud: 'usgov' }).cloud;
    const addresses = [
      gov.loginUrl,
      gov.scope,
      gov.issuer,
      gov.openIdMetadataUrl,
      gov.emulatorOpenIdMetadataUrl,
      gov.oauthUrl,
      ...gov.serviceUrls,
    ];
    for (const address of addresses) expect(new URL(address).hostname).toMatch(/\.us$/);
  });

  it('lets an anonymous caller name no address but this computer for the answer', () => {
    const { serviceUrls } = accessOf(anonymous);
    expect(mayServe(serviceUrls, 'http://localhost:56150/_connector')).toBe(true);
    expect(mayServe(serviceUrls, 'http://127.0.0.1:56150/_connector')).toBe(true);
    expect(mayServe(serviceUrls, 'http://localhost.example.org/')).toBe(false);
    expect(mayServe(serviceUrls, 'http://localhost@example.org/')).toBe(false);
    expect(mayServe(serviceUrls, 'https://smba.trafficmanager.net/')).toBe(false);
  });
});
