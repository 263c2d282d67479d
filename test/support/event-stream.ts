import type { IncomingMessage } from 'node:http';

export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

function parse(block: string): StreamEvent[] {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields.set(name, value);
  }
  const data = fields.get('data');
  if (data === undefined) return [];
  return [{ id: fields.get('id') ?? '', event: fields.get('event') ?? 'message', data }];
}

/** Server-sent events of an answer as they come; comments are left out. Leaving the loop hangs up. */
export async function* eventsOf(answer: IncomingMessage): AsyncGenerator<StreamEvent> {
  let rest = '';
  try {
    for await (const chunk of answer.setEncoding('utf8')) {
      const blocks = (rest + (chunk as string)).split('\n\n');
      rest = blocks.pop() ?? '';
      yield* blocks.flatMap(parse);
    }
  } finally {
    answer.destroy();
  }
}

/** Events up to and with the first that `isLast` accepts; throws when the stream ends before it. */
export async function eventsUntil(
  answer: IncomingMessage,
  isLast: (event: StreamEvent) => boolean,
): Promise<StreamEvent[]> {
  const seen: StreamEvent[] = [];
  for await (const event of eventsOf(answer)) {
    seen.push(event);
    if (isLast(event)) return seen;
  }
  throw new Error(`the stream ended before what was waited for; it said ${JSON.stringify(seen)}`);
}

/** Every event to the end of the stream. */
export async function allEvents(answer: IncomingMessage): Promise<StreamEvent[]> {
  const seen: StreamEvent[] = [];
  for await (const event of eventsOf(answer)) seen.push(event);
  return seen;
}
