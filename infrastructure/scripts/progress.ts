/**
 * Steps with their times. On a terminal the running steps are redrawn in place below the finished ones;
 * elsewhere (CI, a pipe) each start and end is one plain line.
 */

export type Note = (text: string) => void;

interface Running {
  readonly name: string;
  readonly startedAt: number;
  note: string;
}

const running = new Set<Running>();
let drawnLines = 0;
let ticker: NodeJS.Timeout | undefined;

const out = process.stdout;

function isTerminal(): boolean {
  return out.isTTY && process.env['TERM'] !== 'dumb';
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function erase(): void {
  if (drawnLines > 0) out.write(`\u001b[${drawnLines}A\u001b[0J`);
  drawnLines = 0;
}

function draw(): void {
  const width = Math.max(20, (out.columns || 80) - 1);
  for (const step of running) {
    const time = seconds(Date.now() - step.startedAt);
    out.write(`${`… ${step.name}  ${time}  ${step.note}`.slice(0, width)}\n`);
  }
  drawnLines = running.size;
}

function redraw(finishedLine?: string): void {
  erase();
  if (finishedLine !== undefined) out.write(`${finishedLine}\n`);
  draw();
}

function begin(step: Running): void {
  running.add(step);
  if (!isTerminal()) {
    out.write(`… ${step.name}\n`);
    return;
  }
  redraw();
  ticker ??= setInterval(() => redraw(), 500).unref();
}

function end(step: Running, mark: '✔' | '✖'): void {
  running.delete(step);
  const note = step.note === '' ? '' : `  ${step.note}`;
  const line = `${mark} ${step.name}  ${seconds(Date.now() - step.startedAt)}${note}`;
  if (isTerminal()) redraw(line);
  else out.write(`${line}\n`);
  if (running.size === 0) {
    clearInterval(ticker);
    ticker = undefined;
  }
}

/** Runs `work` as one step of the list. What it notes last stands behind its time. */
export async function step<T>(name: string, work: (note: Note) => Promise<T>): Promise<T> {
  const self: Running = { name, startedAt: Date.now(), note: '' };
  begin(self);
  try {
    const result = await work((text) => {
      self.note = text;
    });
    end(self, '✔');
    return result;
  } catch (error) {
    self.note = '';
    end(self, '✖');
    throw error;
  }
}

/** A line between the steps that does not disturb what is being redrawn. */
export function say(text: string): void {
  if (isTerminal()) redraw(text);
  else out.write(`${text}\n`);
}
