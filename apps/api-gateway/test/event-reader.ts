import type { ApiClient } from './api-client';

export interface ReadEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: unknown;
}

/** Reads server-sent events as a browser would. */
export class EventReader {
  private text = '';

  private constructor(
    readonly status: number,
    readonly contentType: string | null,
    private readonly body: ReadableStreamDefaultReader<Uint8Array>,
    private readonly controller: AbortController,
  ) {}

  static async open(
    client: ApiClient,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<EventReader> {
    const controller = new AbortController();
    const authorization = `Bearer ${client.session?.access_token ?? ''}`;
    const response = await fetch(`${client.url}${path}`, {
      headers: { accept: 'text/event-stream', authorization, ...headers },
      signal: controller.signal,
    });
    if (response.body === null) throw new Error('an answer without a body');
    const { status } = response;
    return new EventReader(
      status,
      response.headers.get('content-type'),
      response.body.getReader(),
      controller,
    );
  }

  /** The next event that is more than a comment; `undefined` when the stream has ended. */
  async next(): Promise<ReadEvent | undefined> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const event = parse(this.text.slice(0, end));
        this.text = this.text.slice(end + 2);
        if (event.id !== undefined || event.event !== undefined) return event;
        continue;
      }
      const { done, value } = await this.body.read();
      if (done) return undefined;
      this.text += new TextDecoder().decode(value);
    }
  }

  async of(name: string): Promise<ReadEvent | undefined> {
    let event = await this.next();
    while (event !== undefined && event.event !== name) event = await this.next();
    return event;
  }

  close(): void {
    this.controller.abort();
  }
}

function parse(text: string): ReadEvent {
  const field = (name: string) =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  return { id: field('id'), event: field('event'), data: data === undefined ? undefined : JSON.parse(data) };
}
