import { ensureEngine } from '../engine.ts';
import { SetupError } from '../errors.ts';
import { say, seconds } from '../progress.ts';
import { ensureNetworks, ensureSwarm } from '../swarm.ts';
import { deployStack } from './deploy.ts';
import { knownDeployment } from './deployment.ts';
import { EdgeClient } from './http.ts';
import { instancesMeantToRun, waitForInstances } from './instances.ts';

/**
 * Brings a deployment back whose Swarm was lost, with every service, secret and network in it: volumes and directories
 * outlive it, and everything else is made anew from them. What is there already stays as it is.
 */
export async function rebuild(stack: string): Promise<void> {
  const startedAt = Date.now();
  const { settings, options } = await knownDeployment(stack);
  await ensureEngine();
  await ensureSwarm();
  await ensureNetworks(settings);
  await deployStack(settings, options);
  const edge = new EdgeClient(settings);
  const wanted = await instancesMeantToRun(edge);
  say(wanted.length === 0 ? 'No instance is meant to run.' : `${wanted.length} meant to run:`);
  const missing = await waitForInstances(edge, wanted);
  say(
    `${wanted.length - missing.size} of ${wanted.length} instances answer, ${seconds(Date.now() - startedAt)} after the start.`,
  );
  if (missing.size === 0) return;
  const list = [...missing].map(([{ database_name }, reason]) => `  ${database_name}: ${reason}`);
  throw new SetupError(
    `Not every instance came back.\n${list.join('\n')}`,
    `GET /instance/instances/{id}/diagnosis names the cause of each; \`docker service logs ${stack}_lifecycle\` says what was tried.`,
  );
}
