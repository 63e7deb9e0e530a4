import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const socketName = '.s.PGSQL.5432';

/** A line to a PostgreSQL server that can be held (nothing passes, nothing is lost) and cut (nobody gets through). */
export class DatabaseLine {
  readonly url: string;
  readonly #home: string;
  readonly #server: Server;
  readonly #pairs = new Map<Socket, Socket>();
  #held = false;
  #open = true;

  private constructor(home: string, target: string, url: string) {
    this.#home = home;
    this.url = url;
    this.#server = createServer((near) => {
      if (!this.#open) {
        near.destroy();
        return;
      }
      const far = connect(target);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#pairs.set(from, to);
        if (!this.#held) from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#pairs.delete(from);
          to.destroy();
        });
      }
    });
  }

  /** @param url of a server that listens on a socket in a folder */
  static async start(url: string): Promise<DatabaseLine> {
    const home = await mkdtemp(join(tmpdir(), 'ecadesk-line-'));
    const target = new URL(url);
    const socket = join(target.searchParams.get('host') ?? '', socketName);
    target.searchParams.set('host', home);
    const line = new DatabaseLine(home, socket, target.href);
    await new Promise<void>((resolve) => line.#server.listen(join(home, socketName), resolve));
    return line;
  }

  /** Nothing passes until `release`. */
  hold(): void {
    this.#held = true;
    for (const end of this.#pairs.keys()) end.unpipe();
  }

  release(): void {
    this.#held = false;
    for (const [from, to] of this.#pairs) from.pipe(to);
  }

  cut(): void {
    this.#open = false;
    for (const end of this.#pairs.keys()) end.destroy();
  }

  mend(): void {
    this.#open = true;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#home, { recursive: true, force: true });
  }
}
