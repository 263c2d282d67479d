import { Injectable } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import { imageFor, OdooJobs, type TenantContext } from '@saasodoo/tenants';
import { InstanceData } from '../../backups/instance-data';
import { checkedUpgrade } from '../checked-upgrade';

const JOB = 'pull';
/** A large image on a slow line. */
const WITHIN_MS = 1_800_000;

/** A container of the new image that does nothing: an image that cannot be had is found out while the instance still serves. */
@Injectable()
export class PullImageStep implements Step<TenantContext> {
  readonly name = 'pull-image';
  readonly timeoutMs = WITHIN_MS;

  constructor(
    private readonly jobs: OdooJobs,
    private readonly data: InstanceData,
  ) {}

  async run(context: TenantContext): Promise<void> {
    const { to, major } = checkedUpgrade(context.outputs);
    const database = await this.data.login(context.instance);
    const images = major === undefined ? [to.odooImage] : [to.odooImage, major.image];
    for (const image of images) {
      await this.jobs.run(context, {
        ...{ name: JOB, image: imageFor(image, to.odooVersion), database },
        work: { command: ['true'] },
        withinMs: WITHIN_MS,
      });
    }
  }

  async undo(context: TenantContext): Promise<void> {
    await this.jobs.clear(context, JOB);
  }
}
