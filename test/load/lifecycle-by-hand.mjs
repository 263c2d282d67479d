// The floor that lifecycle commands are measured against: bare dockerode that does the same to a service of the same
// specification, its convergence included. Runs in a container on the tenants' network, driven by lines on standard
// input (`stop`, `start`, `restart`, `killed`); answers each with one JSON line of milliseconds.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire('/app/package.json');
const Docker = require('dockerode');

const { COPY_OF, NAME, STACK } = process.env;
const POLL_MS = 25;
const TERMINAL = ['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned'];

const docker = new Docker();

async function create() {
  const model = await docker.getService(COPY_OF).inspect();
  const { TaskTemplate } = model.Spec;
  delete TaskTemplate.ForceUpdate;
  const created = await docker.createService(undefined, {
    Name: NAME,
    Labels: { 'saasodoo.stack': STACK, 'com.docker.stack.namespace': STACK },
    TaskTemplate,
    Mode: { Replicated: { Replicas: 1 } },
    EndpointSpec: { Mode: 'dnsrr' },
  });
  return docker.getService(created.id);
}

const service = await create();

/** Swarm itself writes to a service in between: then all of it again. */
async function update(change) {
  for (;;) {
    const { Version, Spec } = await service.inspect();
    change(Spec);
    Spec.TaskTemplate.ForceUpdate = (Spec.TaskTemplate.ForceUpdate ?? 0) + 1;
    try {
      await service.update({ _query: { version: Version.Index }, _body: Spec });
      return Spec.TaskTemplate.ForceUpdate;
    } catch (error) {
      if (!String(error).includes('out of sequence')) throw error;
    }
  }
}

const tasks = () => docker.listTasks({ filters: JSON.stringify({ service: [service.id] }) });
const alive = (task) => !TERMINAL.includes(task.Status.State);

async function until(condition) {
  for (const deadline = performance.now() + 120_000; performance.now() < deadline; await sleep(POLL_MS)) {
    if (await condition()) return;
  }
  throw new Error('it did not come about within 120 s');
}

const answers = () =>
  fetch(`http://${NAME}:8069/web/login`, { signal: AbortSignal.timeout(5_000) }).then(
    async (response) => (await response.arrayBuffer(), response.status === 200),
    () => false,
  );

async function converged(revision) {
  await until(async () => {
    const all = await tasks();
    const mine = all.filter((task) => (task.Spec.ForceUpdate ?? 0) === revision);
    const older = all.filter((task) => (task.Spec.ForceUpdate ?? 0) !== revision && alive(task));
    return older.length === 0 && mine.some((task) => task.Status.State === 'running');
  });
  await until(answers);
}

async function runningContainer() {
  const running = (await tasks()).find((task) => task.Status.State === 'running');
  return running?.Status.ContainerStatus.ContainerID;
}

const OPERATIONS = {
  async stop() {
    await update((spec) => (spec.Mode.Replicated.Replicas = 0));
    await until(async () => !(await tasks()).some(alive));
  },
  async start() {
    await converged(await update((spec) => (spec.Mode.Replicated.Replicas = 1)));
  },
  async restart() {
    await converged(await update(() => undefined));
  },
  /** Serving again after its container was killed, by Swarm alone. */
  async killed() {
    const before = await runningContainer();
    await docker.getContainer(before).kill();
    await until(async () => ![undefined, before].includes(await runningContainer()));
    await until(answers);
  },
};

await converged(0);
process.stdout.write('{"ready":true}\n');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  const startedAt = performance.now();
  await OPERATIONS[line]();
  process.stdout.write(`${JSON.stringify({ ms: performance.now() - startedAt })}\n`);
}
await service.remove();
process.exit(0);
