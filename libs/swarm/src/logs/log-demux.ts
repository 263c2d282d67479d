import { AppError } from '@saasodoo/kernel';
import { type LogLine } from './log-line';

const HEADER_BYTES = 8;
/** The engine cuts lines at 16 KiB; a frame much longer is none. */
const LONGEST_FRAME = 1024 ** 2;
const STREAMS = ['stdin', 'stdout', 'stderr', 'system'] as const;

/**
 * Takes apart what the engine interleaves: frames of one byte stream, three bytes zero, four bytes length, then text that
 * begins with its time. Feed it chunks as they come; a frame may be spread over many. `details`: it was asked to say
 * which task wrote a line.
 */
export class LogDemux {
  private readonly details: boolean;
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  constructor({ details = false }: { readonly details?: boolean | undefined } = {}) {
    this.details = details;
  }

  push(chunk: unknown): LogLine[] {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    const lines: LogLine[] = [];
    for (let frame = this.nextFrame(); frame !== undefined; frame = this.nextFrame()) lines.push(...frame);
    return lines;
  }

  private nextFrame(): LogLine[] | undefined {
    if (this.pendingBytes < HEADER_BYTES) return undefined;
    const header = this.joined(HEADER_BYTES);
    const stream = streamOf(header);
    const length = HEADER_BYTES + header.readUInt32BE(4);
    if (length > LONGEST_FRAME) throw notMultiplexed();
    if (this.pendingBytes < length) return undefined;
    const buffer = this.joined(length);
    const rest = buffer.subarray(length);
    this.pending = rest.length === 0 ? [] : [rest];
    this.pendingBytes = rest.length;
    const text = buffer.subarray(HEADER_BYTES, length).toString('utf8');
    const lines = text.endsWith('\n') ? text.slice(0, -1) : text;
    return lines.split('\n').map((line) => this.toLine(stream, line));
  }

  /** The first chunk, joined with the next ones only when it is shorter than `bytes`: a large log is not copied per frame. */
  private joined(bytes: number): Buffer {
    const [first] = this.pending;
    if (first !== undefined && first.length >= bytes) return first;
    const all = Buffer.concat(this.pending);
    this.pending = [all];
    return all;
  }

  private toLine(stream: LogLine['stream'], line: string): LogLine {
    const [word, rest] = firstWord(line);
    const time = new Date(word);
    if (Number.isNaN(time.getTime())) return { stream, time: undefined, text: line };
    if (!this.details) return { stream, time, text: rest };
    const [attributes, text] = firstWord(rest);
    return { stream, time, text, ...writerOf(attributes) };
  }
}

function firstWord(text: string): [string, string] {
  const space = text.indexOf(' ');
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
}

/** Reads `com.docker.swarm.node.id=…,com.docker.swarm.task.id=…`. */
function writerOf(attributes: string): Pick<LogLine, 'taskId' | 'nodeId'> {
  const values = new Map(attributes.split(',').map((one) => [one.split('=')[0], one.split('=')[1]]));
  return { taskId: values.get('com.docker.swarm.task.id'), nodeId: values.get('com.docker.swarm.node.id') };
}

function streamOf(header: Buffer): LogLine['stream'] {
  const stream = STREAMS[header[0] ?? -1];
  if (stream !== undefined && stream !== 'stdin') return stream;
  throw notMultiplexed();
}

function notMultiplexed(): AppError {
  return AppError.terminal('swarm.unexpected_answer', 'the engine sent logs that are not multiplexed', {
    hint: 'Services with a terminal cannot be read; create them without one.',
  });
}
