import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** A channel of our own: publishes its keys as Microsoft does, and signs tokens with them. */
export class OpenIdServer {
  readonly #server: Server;
  readonly #keys: {
    kid: string;
    privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
    jwk: object;
  }[] = [];
  metadataUrl = '';
  /** How often its keys were read. */
  reads = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<OpenIdServer> {
    const server = createServer();
    const self = new OpenIdServer(server);
    server.on('request', (request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/keys') {
        self.reads++;
        response.end(JSON.stringify({ keys: self.#keys.map((key) => key.jwk) }));
      } else response.end(JSON.stringify({ issuer: 'test', jwks_uri: `${self.#origin()}/keys` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    self.metadataUrl = `${self.#origin()}/openidconfiguration`;
    await self.addKey('teams', ['msteams', 'webchat']);
    await self.addKey('unendorsed', ['directline']);
    return self;
  }

  #origin(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  async addKey(kid: string, endorsements: string[]): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256', endorsements };
    this.#keys.push({ kid, privateKey, jwk });
  }

  /** A token with these claims; `exp` is the caller's. */
  async sign(claims: JWTPayload, kid = 'teams'): Promise<string> {
    const key = this.#keys.find((one) => one.kid === kid);
    if (!key) throw new Error(`no key ${kid}`);
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(key.privateKey);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
