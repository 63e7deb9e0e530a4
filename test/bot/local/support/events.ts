export interface StreamEvent {
  event: string;
  id: string | null;
  data: unknown;
}

/** A page that listens to the live stream, as plain HTTP. */
export class Listener {
  readonly events: StreamEvent[] = [];
  /** The server has ended the stream. */
  ended = false;
  readonly #abort = new AbortController();

  async open(address: string, headers: Record<string, string> = {}): Promise<Response> {
    const answer = await fetch(address, { headers, signal: this.#abort.signal });
    this.#read(answer).catch((error: unknown) => {
      if (!this.#abort.signal.aborted) throw error;
    });
    return answer;
  }

  close(): void {
    this.#abort.abort();
  }

  entries(): unknown[] {
    return this.events.filter(({ event }) => event === 'entry').map(({ data }) => data);
  }

  async #read(answer: Response): Promise<void> {
    let rest = '';
    if (!answer.body) return;
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop() ?? '';
      this.events.push(...blocks.map(parse));
    }
    this.ended = true;
  }
}

function parse(block: string): StreamEvent {
  const lines = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)] as const;
    }),
  );
  return {
    event: lines.get('event') ?? '',
    id: lines.get('id') ?? null,
    data: JSON.parse(lines.get('data') ?? 'null'),
  };
}
