import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { SetupError } from '../errors.ts';
import { inState, writeJson } from '../paths.ts';
import type { DeployOptions } from './deploy.ts';
import { engineHost, type StackSettings } from './settings.ts';

/** How a deployment was made, so that it can be made again. */
export interface Deployment {
  readonly settings: StackSettings;
  readonly options: DeployOptions;
}

function pathOf(stack: string): string {
  return inState(stack, 'deployment.json');
}

export function rememberDeployment(deployment: Deployment): Promise<void> {
  return writeJson(pathOf(deployment.settings.name), deployment);
}

/** The deployment of that name as it was made last from this checkout. */
export async function knownDeployment(stack: string): Promise<Deployment> {
  const path = pathOf(stack);
  if (!existsSync(path)) {
    throw new SetupError(
      `No deployment called ${stack} was made from this checkout.`,
      `name another one with SAASODOO_STACK; or copy .saasodoo/${stack} from the checkout that made it; ` +
        'or make a new one: `npm run demo`.',
    );
  }
  const { settings, options } = JSON.parse(await readFile(path, 'utf8')) as Deployment;
  return { settings: { ...settings, engineHost: engineHost() }, options };
}
