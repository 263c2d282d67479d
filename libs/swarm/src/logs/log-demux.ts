import { AppError } from '@saasodoo/kernel';
import { type LogLine } from './log-line';

const HEADER_BYTES = 8;
const STREAMS = ['stdin', 'stdout', 'stderr', 'system'] as const;

/**
 * Takes apart what the engine interleaves: frames of one byte stream, three bytes zero, four bytes length, then text that
 * begins with its time. Feed it chunks as they come; a frame may be spread over many.
 */
export class LogDemux {
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  push(chunk: Buffer): LogLine[] {
    this.pending.push(chunk);
    this.pendingBytes += chunk.length;
    const lines: LogLine[] = [];
    for (let frame = this.nextFrame(); frame !== undefined; frame = this.nextFrame()) lines.push(...frame);
    return lines;
  }

  private nextFrame(): LogLine[] | undefined {
    if (this.pendingBytes < HEADER_BYTES) return undefined;
    const length = HEADER_BYTES + this.joined(HEADER_BYTES).readUInt32BE(4);
    if (this.pendingBytes < length) return undefined;
    const buffer = this.joined(length);
    const rest = buffer.subarray(length);
    this.pending = rest.length === 0 ? [] : [rest];
    this.pendingBytes = rest.length;
    return toLines(streamOf(buffer), buffer.subarray(HEADER_BYTES, length).toString('utf8'));
  }

  /** The first chunk, joined with the next ones only when it is shorter than `bytes`: a large log is not copied per frame. */
  private joined(bytes: number): Buffer {
    const [first] = this.pending;
    if (first !== undefined && first.length >= bytes) return first;
    const all = Buffer.concat(this.pending);
    this.pending = [all];
    return all;
  }
}

function streamOf(buffer: Buffer): LogLine['stream'] {
  const stream = STREAMS[buffer[0] ?? -1];
  if (stream !== undefined && stream !== 'stdin') return stream;
  throw AppError.terminal('swarm.unexpected_answer', 'the engine sent logs that are not multiplexed', {
    hint: 'Services with a terminal cannot be read; create them without one.',
  });
}

function toLines(stream: LogLine['stream'], text: string): LogLine[] {
  const lines = text.endsWith('\n') ? text.slice(0, -1) : text;
  return lines.split('\n').map((line) => toLine(stream, line));
}

function toLine(stream: LogLine['stream'], line: string): LogLine {
  const space = line.indexOf(' ');
  const time = new Date(space < 0 ? line : line.slice(0, space));
  return Number.isNaN(time.getTime())
    ? { stream, time: undefined, text: line }
    : { stream, time, text: space < 0 ? '' : line.slice(space + 1) };
}
