import { docker } from '../../infrastructure/scripts/docker.ts';
import type { InstanceView } from './customer';
import { containerOfInstance } from './tasks';

const DATA = '/var/lib/odoo';

async function inContainer({ id }: InstanceView, script: string): Promise<string> {
  const container = await containerOfInstance(id);
  return docker(['exec', container.id, 'sh', '-c', script], { timeoutMs: 60_000 });
}

/** Writes a file of random bytes as the instance's own Odoo would: from inside its container, as its user. */
export async function writeInto(instance: InstanceView, name: string, mebibytes: number): Promise<void> {
  const path = `${DATA}/${name}`;
  const script = `mkdir -p "$(dirname ${path})" && dd if=/dev/urandom of=${path} bs=1M count=${mebibytes} conv=fsync`;
  await inContainer(instance, script);
}

export async function removeFrom(instance: InstanceView, name: string): Promise<void> {
  await inContainer(instance, `rm ${DATA}/${name}`);
}
