const LONGEST_LINE = 1024 ** 2;

/** Makes lines of a stream, wherever its chunks are cut. A line longer than a million characters is thrown away. */
export async function* linesOf(stream: AsyncIterable<unknown>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = '';
  let skipping = false;
  for await (const chunk of stream) {
    const text = Buffer.isBuffer(chunk) ? decoder.decode(chunk, { stream: true }) : String(chunk);
    const [first = '', ...rest] = text.split('\n');
    pending += first;
    for (const next of rest) {
      if (!skipping) yield pending;
      skipping = false;
      pending = next;
    }
    skipping ||= pending.length > LONGEST_LINE;
    if (skipping) pending = '';
  }
}
