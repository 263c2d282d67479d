import { Injectable } from '@nestjs/common';
import { internalUrl } from '@saasodoo/instances/domain';
import { AppError, until } from '@saasodoo/kernel';
import { OdooClient } from '@saasodoo/odoo';
import type { Step } from '@saasodoo/operations/domain';
import { Swarm } from '@saasodoo/swarm';
import { TenantsConfig } from '../tenants-config';
import { deployedService, findDeployedService } from '../context/deployed-service';
import { isMeantToRun } from '../context/is-meant-to-run';
import type { TenantContext } from '../context/tenant-context';

const PROBE_EVERY_MS = 50;
const PROBE_TIMEOUT_MS = 10_000;

/** Running says that the process was started; this waits for Odoo's answer through the overlay, as the edge will ask. */
@Injectable()
export class AwaitHttpStep implements Step<TenantContext> {
  readonly name = 'await-http';

  constructor(
    private readonly swarm: Swarm,
    private readonly odoo: OdooClient,
    private readonly config: TenantsConfig,
  ) {}

  async isDone({ instance, outputs }: TenantContext): Promise<boolean> {
    return !isMeantToRun(instance) || findDeployedService(outputs) === undefined;
  }

  async run(context: TenantContext): Promise<void> {
    const { serviceId, revision } = deployedService(context.outputs);
    const over = new AbortController();
    const signal = AbortSignal.any([context.signal, over.signal]);
    const answer = this.awaitAnswer(context, signal);
    // Whichever comes first: the server answers, or Swarm knows why it never will.
    const failure = this.swarm.convergence.awaitFailure(serviceId, { revision, signal });
    try {
      await Promise.race([answer, failure]);
    } finally {
      over.abort();
      await Promise.allSettled([answer, failure]);
    }
  }

  private async awaitAnswer({ instance, image }: TenantContext, signal: AbortSignal): Promise<void> {
    const baseUrl = internalUrl(instance.serviceName);
    const path = image().profile.healthPath;
    const withinMs = this.config.TENANT_HTTP_TIMEOUT_MS;
    let last: number | undefined;
    const look = async (): Promise<true | undefined> => {
      last = await this.odoo.probe(baseUrl, path, { timeoutMs: PROBE_TIMEOUT_MS, signal });
      return last === 200 ? true : undefined;
    };
    await until(look, () => notAnswering(`${baseUrl}${path}`, withinMs, last), {
      withinMs,
      everyMs: PROBE_EVERY_MS,
      signal,
    });
  }
}

function notAnswering(url: string, withinMs: number, status: number | undefined): AppError {
  const seen = status === undefined ? 'nobody answers' : `the last answer was ${status}`;
  return AppError.terminal('odoo.not_answering', `Odoo did not answer within ${withinMs / 1000} s: ${seen}`, {
    hint: "Look at the service's logs; a larger memory or CPU limit helps a server that starts too slowly.",
    facts: { url, status: status ?? null },
  });
}
