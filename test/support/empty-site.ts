import { Customer, type InstanceView } from './customer';
import { testSite, untilReady } from './site';

/** A final dump is taken of each, so more at a time would only wait for each other. */
const AT_ONCE = 4;

/** Where an instance has a task, or will have one: what rests reserves nothing. */
const TAKES_ROOM = ['running', 'creating', 'starting', 'stopping', 'restarting', 'updating', 'maintenance'];

/** Instances of earlier suites are terminated: together they would reserve more than the node has. */
beforeAll(async () => {
  const site = testSite();
  await untilReady(site);
  const admin = await Customer.admin(site);
  for (let left = await leftOver(admin); left.length > 0; left = await leftOver(admin)) {
    await Promise.all(left.map(async ({ id }) => admin.succeeded((await admin.terminate(id)).id)));
  }
}, 600_000);

async function leftOver(admin: Customer): Promise<readonly InstanceView[]> {
  const pages = await Promise.all(
    TAKES_ROOM.map((status) =>
      admin.read<{ readonly instances: readonly InstanceView[] }>(
        `/admin/instances?status=${status}&page_size=${AT_ONCE}`,
      ),
    ),
  );
  return pages.flatMap(({ instances }) => instances).slice(0, AT_ONCE);
}
