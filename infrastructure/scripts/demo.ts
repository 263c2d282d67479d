import { randomBytes } from 'node:crypto';
import { ensureEngine } from './engine.ts';
import { runAsScript } from './errors.ts';
import { createInstance, credentialsOf, followOperation, signIn } from './demo/platform.ts';
import { showBackupAndRestore, showStorage } from './demo/data.ts';
import { showSelfRepair, showStopAndStart } from './demo/lifecycle.ts';
import { odooLogin, waitForLoginPage } from './demo/odoo.ts';
import { say, seconds, step } from './progress.ts';
import { deployStack } from './stack/deploy.ts';
import { EdgeClient } from './stack/http.ts';
import { instancesMeantToRun, waitForInstances } from './stack/instances.ts';
import { publicUrl, siteSettings } from './stack/settings.ts';
import { ensureNetworks, ensureSwarm } from './swarm.ts';

/** A deployment that was taken down and comes up again has its instances back: nobody has to ask for them. */
async function awaitEarlierInstances(edge: EdgeClient): Promise<void> {
  const earlier = await instancesMeantToRun(edge);
  if (earlier.length === 0) return;
  say(`Instances from before, ${earlier.length}:`);
  const missing = await waitForInstances(edge, earlier);
  for (const reason of missing.values()) say(`  ${reason}`);
}

/** From nothing to a customer's Odoo: the platform is brought up, then used as a customer would use it. */
async function demo(): Promise<void> {
  const settings = siteSettings();
  const startedAt = Date.now();
  await ensureEngine();
  await ensureSwarm();
  await ensureNetworks(settings);
  await deployStack(settings);
  const platformReadyAt = Date.now();

  const edge = new EdgeClient(settings);
  await awaitEarlierInstances(edge);
  const token = await step('Register and log in a customer', () => signIn(edge));
  const database = `demo-${randomBytes(3).toString('hex')}`;
  const requestedAt = Date.now();
  const created = await step(`POST an instance named ${database}`, () =>
    createInstance(edge, token, database),
  );
  await followOperation(edge, token, created.operation.id);
  await step('Odoo answers through the edge', () => waitForLoginPage(edge, database));
  const servedAt = Date.now();
  const { login, password } = await credentialsOf(edge, token, created.id);
  const user = await step('Log into Odoo over JSON-RPC', () =>
    odooLogin(edge, { database, login, password }),
  );
  const shown = { edge, token, id: created.id, database };
  await showStorage(shown);
  await showBackupAndRestore(shown, { database, login, password, id: user });
  await showStopAndStart(shown);
  await showSelfRepair(shown);

  say('');
  say(`  Odoo ${created.odoo_version}    ${publicUrl(settings, database)}/web`);
  say(`  login      ${login}`);
  say(`  password   ${password}`);
  say(`  user id    ${user}`);
  say(`  service    ${created.service_name}`);
  say('');
  say(
    `  platform up ${seconds(platformReadyAt - startedAt)}, POST to first login page ${seconds(servedAt - requestedAt)}`,
  );
  say(`  API ${publicUrl(settings, 'api')}/docs    stop everything: npm run down`);
}

await runAsScript(demo);
