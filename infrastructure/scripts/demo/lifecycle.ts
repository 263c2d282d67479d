import { docker } from '../docker.ts';
import { poll } from '../process.ts';
import { seconds, step } from '../progress.ts';
import { type EdgeClient, pageTitle } from '../stack/http.ts';
import { waitForLoginPage } from './odoo.ts';
import { healthOf, tellInstance } from './platform.ts';

export interface Shown {
  readonly edge: EdgeClient;
  readonly token: string;
  readonly id: string;
  readonly database: string;
}

/** Stop, what a visitor is told meanwhile, and start. */
export async function showStopAndStart({ edge, token, id, database }: Shown): Promise<void> {
  await step('Stop it, until no process is left', () => tellInstance(edge, token, { id, verb: 'stop' }));
  await step('What a visitor is told', async (note) => {
    const page = await edge.call(database, '/', { headers: { accept: 'text/html' } });
    note(`${page.status}, "${pageTitle(page)}"`);
  });
  await step('Start it, until its login page comes', async () => {
    await tellInstance(edge, token, { id, verb: 'start' });
    await waitForLoginPage(edge, database);
  });
}

async function containerOf(id: string): Promise<string> {
  const [container] = (await docker(['ps', '-q', '--filter', `label=saasodoo.instance.id=${id}`])).split(
    '\n',
  );
  if (!container) throw new Error(`no container of the instance ${id} runs on this engine`);
  return container;
}

/** Answers why it is so. */
async function untilHealthIs(wanted: 'true' | 'false', { edge, token, id }: Shown): Promise<string> {
  const found = await poll(
    async () => {
      const { healthy, reason, message } = await healthOf(edge, token, id);
      return healthy === wanted ? `${reason}: ${message}` : undefined;
    },
    120_000,
    50,
  );
  if (found === undefined) throw new Error(`the health of ${id} did not become '${wanted}' in two minutes`);
  return found;
}

/** Kills Odoo's container as the kernel might; nobody lifts a finger afterwards. */
export async function showSelfRepair(shown: Shown): Promise<void> {
  await step('Seen as healthy', async () => {
    await untilHealthIs('true', shown);
  });
  const container = await containerOf(shown.id);
  await docker(['kill', container]);
  const killedAt = Date.now();
  await Promise.all([
    step(`docker kill ${container}, until it is seen`, async (note) =>
      note(await untilHealthIs('false', shown)),
    ),
    step('Killed, until its login page comes again', () => waitForLoginPage(shown.edge, shown.database)),
  ]);
  await step('Seen as healthy again', async (note) => {
    await untilHealthIs('true', shown);
    note(`${seconds(Date.now() - killedAt)} after it was killed`);
  });
}
