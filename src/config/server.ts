import { isIP } from 'node:net';
import { z } from 'zod';
import { optional, type Reading, standard } from './setting.ts';
import { address, choice, host, isLoopback, whole, words } from './text.ts';

const proxyName = /^(loopback|linklocal|uniquelocal)$/;

function isProxy(text: string): boolean {
  const [ip = '', bits, ...rest] = text.split('/');
  const version = isIP(ip);
  if (proxyName.test(text)) return true;
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const trustProxy = z.string().transform((text, context): number | string[] => {
  if (/^[1-9]$/.test(text)) return Number(text);
  const proxies = text.split(',').map((one) => one.trim());
  if (!proxies.every(isProxy))
    context.addIssue({
      code: 'custom',
      message:
        'is not understood: write how many proxies stand in front, such as 1, or their addresses, such as 10.0.0.0/8',
    });
  return proxies;
});

function isDatabase(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1;
}

const origin = address('https://ecadesk.example.com')
  .refine((text) => URL.canParse(text) && new URL(text).pathname === '/', {
    error: 'holds a path: write the address without one, such as https://ecadesk.example.com',
  })
  .transform((text) => new URL(text).origin);

export const serverSettings = {
  PORT: standard(whole(0, 65_535, 'a port number, such as 3978'), 3978, {
    says: 'The port to listen on; 0 takes a free one',
    example: '3978',
  }),
  HOST: standard(host, '127.0.0.1', {
    says: 'The address to listen on; with 127.0.0.1 only this computer reaches the service',
    example: '127.0.0.1',
  }),
  PUBLIC_URL: optional(origin, {
    says: 'The address under which people and their computers reach the service; links are made with it',
    absent: 'the address it listens on',
    example: 'https://ecadesk.example.com',
  }),
  TRUST_PROXY: optional(trustProxy, {
    says: 'How many reverse proxies stand in front, or their addresses; their word on who calls is then believed',
    absent: 'no proxy is believed',
    example: '1',
  }),
  LOG_LEVEL: standard(choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), 'info', {
    says: 'How much is logged: fatal, error, warn, info, debug, trace or silent',
    example: 'info',
  }),
  DATA_DIR: standard(words('a folder, such as ./data'), './data', {
    says: 'The folder of the embedded database and of the keys made at the first start',
    example: './data',
  }),
  DATABASE_URL: optional(
    z
      .string()
      .refine(
        isDatabase,
        'is not the address of a PostgreSQL database: write postgresql://user:password@host:5432/name',
      ),
    {
      says: 'A PostgreSQL server; several processes may share it',
      absent: 'the embedded database in `DATA_DIR`',
      example: 'postgresql://ecadesk:password@localhost:5432/ecadesk',
      secret: true,
    },
  ),
  SERVER_KEY_FILE: optional(words('the path of a file'), {
    says: 'The key that signs what computers are told; shared by all processes',
    absent: 'made in `DATA_DIR` at the first start',
    example: '/etc/ecadesk/server.key',
  }),
  AUDIT_KEY_FILE: optional(words('the path of a file'), {
    says: 'The key that seals the audit trail; shared by all processes',
    absent: 'made in `DATA_DIR` at the first start',
    example: '/etc/ecadesk/audit.key',
  }),
};

export interface ServerConfig {
  host: string;
  port: number;
  /** Whether only this computer reaches the service. */
  loopback: boolean;
  /** An origin such as "https://ecadesk.example.com"; null: where it listens. */
  publicUrl: string | null;
  /** As Fastify takes it: a number of hops, or addresses. */
  trustProxy: number | string[] | false;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

export interface DataConfig {
  dir: string;
  /** Null: the embedded database. */
  databaseUrl: string | null;
  serverKeyFile: string | null;
  auditKeyFile: string | null;
}

export function serverConfig({ values, given, warn }: Reading<typeof serverSettings>): ServerConfig {
  const loopback = isLoopback(values.HOST);
  if (!loopback && !given('PUBLIC_URL'))
    warn(
      'PUBLIC_URL is not set, so links and pairing name the address in HOST: write the address people use',
    );
  return {
    host: values.HOST,
    port: values.PORT,
    loopback,
    publicUrl: values.PUBLIC_URL,
    trustProxy: values.TRUST_PROXY ?? false,
    logLevel: values.LOG_LEVEL,
  };
}

export function dataConfig(
  { values, complain }: Reading<typeof serverSettings>,
  isFile: (path: string) => boolean,
): DataConfig {
  for (const name of ['SERVER_KEY_FILE', 'AUDIT_KEY_FILE'] as const) {
    const path = values[name];
    if (path !== null && !isFile(path))
      complain(
        name,
        'names a file that is not there or cannot be read: write the path of the key, or remove the line',
      );
  }
  return {
    dir: values.DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    serverKeyFile: values.SERVER_KEY_FILE,
    auditKeyFile: values.AUDIT_KEY_FILE,
  };
}
