import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { containerOf } from './leftovers';
import type { Site } from './site';

const END = '--the-end--';

interface Question {
  readonly rows: string[];
  readonly answer: (rows: string[]) => void;
  readonly fail: (error: Error) => void;
}

/** One session with the control database for many questions: a program started for each would take more time than they do. */
export class ControlSession {
  /** Asked and not answered yet, in order. */
  private readonly open: Question[] = [];
  private said = '';

  private constructor(private readonly psql: ChildProcessWithoutNullStreams) {
    createInterface({ input: psql.stdout }).on('line', (line) => this.read(line));
    psql.stderr.on('data', (text: Buffer) => (this.said += text.toString()));
    psql.on('close', () => {
      this.open.splice(0).forEach(({ fail }) => fail(new Error(`the session ended: ${this.said}`)));
    });
  }

  static async open(site: Site): Promise<ControlSession> {
    const container = await containerOf(site, 'postgres');
    const psql = ['psql', '-q', '-U', 'saasodoo', '-d', 'saasodoo', '-At', '-v', 'ON_ERROR_STOP=1'];
    return new ControlSession(spawn('docker', ['exec', '-i', '-u', 'postgres', container, ...psql]));
  }

  /** The rows of a statement as text, its columns separated by `|`. An error in one ends the session. */
  ask(sql: string): Promise<string[]> {
    return new Promise((answer, fail) => {
      this.open.push({ rows: [], answer, fail });
      this.psql.stdin.write(`${sql};\n\\echo ${END}\n`);
    });
  }

  close(): void {
    this.psql.stdin.end();
  }

  private read(line: string): void {
    if (line !== END) this.open[0]?.rows.push(line);
    else {
      const question = this.open.shift();
      question?.answer(question.rows);
    }
  }
}
