import { Logger } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { connect, toyRunner } from './toy-runner';
import { failing, type Interference } from './toy-workflows';

const NEVER = AppError.terminal('test.never', 'never');

/** Holds on until the file of the test lets it go, deaf to its signal; then has its effect as if nothing had been. */
function deafUntilSettled(ask: () => Promise<boolean>): Interference {
  return async (step, { progress }) => {
    if (step !== 'create-directory') return;
    await progress('entered');
    while (!(await ask())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
}

/** A worker as a process of its own, so that a test can kill or stop it: `child.ts works|fails|deaf DATABASE`. */
async function main([role = '', databaseUrl = '']: readonly string[]): Promise<void> {
  Logger.overrideLogger(false);
  const dataSource = await connect(databaseUrl);
  const settled = async () =>
    (await dataSource.query<unknown[]>(`SELECT 1 FROM operation WHERE status = 'succeeded'`)).length > 0;
  const interference: Record<string, Interference | undefined> = {
    fails: failing('await-http', NEVER),
    deaf: deafUntilSettled(settled),
  };
  toyRunner(dataSource, interference[role]).start();
}

void main(process.argv.slice(2));
