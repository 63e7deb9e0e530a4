import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Shown } from './blocks.ts';
import type { Keep, Log, PictureSource } from './parts.ts';

const ticket = z.object({ upload_url: z.url(), file_id: z.string() });
const info = z.object({ file: z.object({ mimetype: z.string().optional() }) });

/** Slack takes a file into a block only once it has looked at it; that takes a moment after the upload. */
const looks = 12;
const lookEvery = 400;
/** Milliseconds before an upload that failed is tried again. */
const pause = 60_000;

/**
 * Pictures in Slack: by their public address where there is one, else uploaded once and shown by their file, so that
 * a service without a public address (Socket Mode) has pictures too. Never a reason for a message not to go out.
 */
export class Pictures {
  readonly #client: webApi.WebClient;
  readonly #source: PictureSource;
  readonly #keep: Keep;
  readonly #log: Log;
  readonly #uploads = new Map<string, Promise<Shown>>();

  constructor(client: webApi.WebClient, parts: { pictures: PictureSource; keep: Keep; log: Log }) {
    this.#client = client;
    this.#source = parts.pictures;
    this.#keep = parts.keep;
    this.#log = parts.log;
  }

  /** @returns null where it cannot be shown now: its words are shown in its place */
  async shown(file: string): Promise<Shown> {
    const url = this.#source.address(file);
    if (url !== null) return { url };
    const before = this.#uploads.get(file);
    if (before) return before;
    const upload = this.#upload(file);
    this.#uploads.set(file, upload);
    return upload;
  }

  async #upload(file: string): Promise<Shown> {
    try {
      const bytes = Buffer.from(await this.#source.read(file));
      const id = `slack-file:${createHash('sha256').update(bytes).digest('hex')}`;
      const kept = z
        .string()
        .min(1)
        .safeParse(await this.#keep.get(id));
      if (kept.success && (await this.#ready(kept.data, 1))) return { file: kept.data };
      const uploaded = await this.#send(file, bytes);
      if (!(await this.#ready(uploaded, looks)))
        throw new Error('Slack did not finish looking at the picture');
      await this.#keep.set(id, uploaded);
      return { file: uploaded };
    } catch (error) {
      this.#log.warn(
        { err: error, picture: file },
        'A picture could not be shown in Slack; its words are shown instead.',
      );
      this.#retryLater(file);
      return null;
    }
  }

  async #send(filename: string, bytes: Buffer): Promise<string> {
    const given = ticket.parse(
      await this.#client.files.getUploadURLExternal({ filename, length: bytes.length }),
    );
    const response = await fetch(given.upload_url, {
      method: 'POST',
      body: new Uint8Array(bytes),
      headers: { 'content-type': 'application/octet-stream' },
      redirect: 'error',
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new Error(`the upload was answered ${response.status}`);
    await this.#client.files.completeUploadExternal({ files: [{ id: given.file_id, title: filename }] });
    return given.file_id;
  }

  async #ready(file: string, most: number): Promise<boolean> {
    for (let look = 0; look < most; look++) {
      if (look > 0) await sleep(lookEvery);
      const answer = await this.#client.files.info({ file }).catch(() => null);
      const parsed = info.safeParse(answer);
      if (parsed.success && parsed.data.file.mimetype) return true;
    }
    return false;
  }

  #retryLater(file: string): void {
    const failed = Promise.resolve<Shown>(null);
    this.#uploads.set(file, failed);
    setTimeout(() => this.#uploads.get(file) === failed && this.#uploads.delete(file), pause).unref();
  }
}
