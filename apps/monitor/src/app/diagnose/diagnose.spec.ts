import type { Instance } from '@saasodoo/instances/domain';
import { newInstance } from '@saasodoo/testing';
import { ago, failedTask, node, NOW, service, task, waitingTask } from '../sights.fixture';
import { diagnose } from './diagnose';
import type { DiagnosisFacts } from './diagnosis-facts';

const wish = newInstance({ databaseName: 'acme' });

function instance(change: Partial<Instance> = {}): Instance {
  return {
    ...wish,
    status: 'running',
    desiredState: 'running',
    generation: 1,
    observedGeneration: 1,
    conditions: [],
    serviceId: 'service-1',
    internalUrl: 'http://odoo-acme:8069',
    databaseServer: 'tenant-postgres',
    databaseRole: 'odoo_acme',
    createdAt: ago(9_000),
    updatedAt: ago(9_000),
    ...change,
  };
}

/** An instance that nothing is wrong with. */
function facts(change: Partial<DiagnosisFacts> = {}): DiagnosisFacts {
  return {
    instance: instance(),
    service: service(),
    tasks: [task()],
    outOfMemory: false,
    nodes: [node()],
    constraints: ['node.labels.saasodoo.tenants==true'],
    placement: { fits: true, reason: '1 of 1 nodes fit', nodeIds: ['node-1'] },
    image: 'odoo:17.0',
    directory: { path: '/storage/acme', state: 'present' },
    missingSecrets: [],
    network: { name: 'tenants', present: true, capacity: { usable: 253, used: 4 } },
    database: { state: 'fine', server: 'tenant-postgres' },
    http: { asked: true, status: 200, answeredBefore: true },
    startMs: 120_000,
    checkedAt: NOW,
    ...change,
  };
}

const { service: _service, ...withoutService } = facts({ tasks: [] });
const { image: _image, ...withoutImage } = facts();
const neverMade = (({ databaseServer: _server, ...rest }: Instance) => rest)(
  instance({ status: 'error', error: { code: 'swarm.image_unavailable', message: 'no such image' } }),
);
const idle = { tasks: [], http: { asked: false, answeredBefore: false } };
const silent = { asked: true, answeredBefore: true };
const loop = [2, 20, 40].map((seconds) => failedTask(seconds, 'task: non-zero exit (1)'));

/** What may happen to an instance, and what must be said of it. */
const FAULTS: readonly [string, DiagnosisFacts, string, RegExp][] = [
  [
    'a storage that does not answer, while Odoo does',
    facts({
      directory: {
        state: 'unknown',
        trouble: { code: 'ceph.unanswered', message: 'no answer', hint: 'wait' },
      },
    }),
    'ceph.unanswered',
    /storage .* cannot be used: no answer/,
  ],
  ['the service removed by hand', { ...withoutService }, 'service.missing', /odoo-acme.* does not exist/],
  [
    'scaled to 0 by hand',
    facts({ service: service({ replicas: 0 }), tasks: [failedTask(300, 'x'), task({ state: 'shutdown' })] }),
    'service.scaled_to_zero',
    /scaled to 0/,
  ],
  [
    'a bad image',
    facts({ tasks: [failedTask(2, 'No such image: nope:1', { state: 'rejected' })] }),
    'image.unavailable',
    /No such image: nope:1/,
  ],
  [
    'a wrong command',
    facts({
      tasks: [
        failedTask(
          2,
          'starting container failed: failed to create task for container: OCI runtime create failed: exec: "nope": executable file not found',
          { exitCode: undefined },
        ),
      ],
    }),
    'task.start_failed',
    /executable file not found/,
  ],
  [
    'a wrong command below an init process',
    facts({
      tasks: [failedTask(2, 'task: non-zero exit (127)', { exitCode: 127 })],
      lastLine: '[FATAL tini (7)] exec nope failed: No such file or directory',
    }),
    'task.start_failed',
    /exec nope failed/,
  ],
  [
    'a loop of exits',
    facts({ tasks: [task({ stateSince: ago(3) }), ...loop], lastLine: 'ValueError: bad option' }),
    'task.crash_loop',
    /3 times.*non-zero exit \(1\).*ValueError/,
  ],
  [
    'no memory',
    facts({
      tasks: [failedTask(2, 'task: non-zero exit (137)', { exitCode: 137 })],
      outOfMemory: true,
    }),
    'task.out_of_memory',
    /1024 MiB/,
  ],
  [
    'a missing directory, as Docker says it',
    facts({
      tasks: [
        failedTask(
          2,
          'invalid mount config for type "bind": bind source path does not exist: /storage/acme',
          {
            state: 'rejected',
          },
        ),
      ],
      directory: { path: '/storage/acme', state: 'unknown' },
    }),
    'storage.directory_missing',
    /\/storage\/acme does not exist/,
  ],
  [
    'a missing directory, as it was looked for',
    facts({ directory: { path: '/storage/acme', state: 'missing' } }),
    'storage.directory_missing',
    /\/storage\/acme does not exist/,
  ],
  ['a missing secret', { ...withoutService, missingSecrets: ['conf'] }, 'secret.missing', /secret conf/],
  [
    'a missing network',
    { ...withoutService, network: { name: 'tenants', present: false } },
    'network.missing',
    /network tenants does not exist/,
  ],
  [
    'a full network',
    facts({
      tasks: [waitingTask('new', '')],
      network: { name: 'tenants', present: true, capacity: { usable: 5, used: 5 } },
    }),
    'network.full',
    /5 of 5/,
  ],
  [
    'a drained node',
    facts({ nodes: [node({ availability: 'drain' })], tasks: [waitingTask('pending', 'no suitable node')] }),
    'node.drained',
    /first is drained/,
  ],
  [
    'a label gone from the node',
    facts({
      nodes: [node({ labels: {} })],
      tasks: [waitingTask('pending', 'no suitable node (scheduling constraints not satisfied on 1 node)')],
    }),
    'node.label_missing',
    /saasodoo.tenants=true/,
  ],
  [
    'a node that is down, with a task that nobody hears of',
    facts({ nodes: [node({ state: 'down' })] }),
    'node.down',
    /first is down/,
  ],
  [
    'a reservation that is too large',
    facts({
      tasks: [waitingTask('pending', 'no suitable node (insufficient resources on 1 node)')],
      service: service({ reservations: { cpus: 64, memoryBytes: 1024 ** 3 } }),
      placement: { fits: false, reason: '0 of 1 nodes fit', nodeIds: [] },
    }),
    'node.resources_short',
    /64 CPUs/,
  ],
  [
    'a CPU limit above the node',
    facts({
      tasks: [
        failedTask(2, 'Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs', { state: 'rejected' }),
      ],
    }),
    'node.cpu_limit',
    /only 2 CPUs/,
  ],
  [
    'a dropped database',
    facts({ database: { state: 'missing', server: 'tenant-postgres' } }),
    'database.missing',
    /database acme does not exist on tenant-postgres/,
  ],
  [
    'a database server that is down, though Odoo loops for it',
    facts({ database: { state: 'server_down', server: 'tenant-postgres' }, tasks: loop }),
    'database.server_down',
    /tenant-postgres cannot be reached/,
  ],
  [
    'a password of the role that was changed',
    facts({ database: { state: 'refused', server: 'tenant-postgres' } }),
    'database.login_refused',
    /refuses the login of the role odoo_acme/,
  ],
  ['an Odoo that hangs', facts({ http: silent }), 'odoo.not_answering', /hangs.*3600 s.*nobody answers/],
  [
    'an Odoo that is broken',
    facts({ http: { ...silent, status: 502 } }),
    'odoo.not_answering',
    /the answer is 502/,
  ],
  [
    'an instance its customer stopped',
    facts({ ...idle, instance: instance({ status: 'stopped', desiredState: 'stopped' }) }),
    'instance.stopped',
    /stopped by its customer/,
  ],
  [
    'an instance that is suspended',
    facts({ ...idle, instance: instance({ status: 'suspended', desiredState: 'suspended' }) }),
    'instance.suspended',
    /suspended for billing/,
  ],
  [
    'a creation that failed',
    { ...withoutService, instance: neverMade },
    'instance.creation_failed',
    /creation .* failed: no such image/,
  ],
  [
    'an instance that was given up',
    facts({
      instance: instance({ status: 'error', error: { code: 'x', message: 'it crashed too often' } }),
      service: service({ replicas: 0 }),
      tasks: [failedTask(3_000, 'task: non-zero exit (1)')],
    }),
    'task.crash_loop',
    /non-zero exit \(1\)/,
  ],
  ['an image that is not offered any more', withoutImage, 'image.not_offered', /no image of Odoo 17/],
  [
    'a removal',
    facts({ instance: instance({ status: 'terminated', desiredState: 'terminated' }) }),
    'instance.terminated',
    /was removed/,
  ],
  [
    'a change under way',
    facts({ ...idle, operation: { id: 'o1', kind: 'restart', status: 'running', step: 'await-task' } }),
    'operation.underway',
    /A restart is running at the step await-task/,
  ],
  [
    'a creation that is tried again, whatever is not there yet',
    {
      ...withoutService,
      database: { state: 'missing' },
      operation: { id: 'o1', kind: 'create', status: 'running', step: 'create-database', error: 'no space' },
    },
    'operation.retrying',
    /A create is running at the step create-database: no space/,
  ],
  [
    'a change that waits for a database server that is down',
    facts({
      ...idle,
      operation: { id: 'o1', kind: 'redeploy', status: 'running' },
      database: { state: 'server_down' },
    }),
    'database.server_down',
    /cannot be reached/,
  ],
  [
    'an Odoo that starts',
    facts({ tasks: [task({ stateSince: ago(5) })], http: { asked: true, answeredBefore: false } }),
    'odoo.starting',
    /has run for 5 s/,
  ],
  [
    'a single end',
    facts({ tasks: [failedTask(2, 'task: non-zero exit (3)')] }),
    'task.ended',
    /Odoo ended: task: non-zero exit \(3\)/,
  ],
  ['nothing at all', facts(), 'instance.serving', /Nothing is wrong/],
];

describe('diagnose', () => {
  it.each(FAULTS)('names %s', (_, given, code, summary) => {
    const diagnosis = diagnose(given);
    expect(diagnosis).toMatchObject({ code, checkedAt: NOW });
    expect(diagnosis.summary).toMatch(summary);
    expect(diagnosis.summary).toMatch(/\.$/);
    expect(diagnosis.action.text).not.toBe('');
  });

  it('lets no old failure explain what runs well', () => {
    expect(diagnose(facts({ tasks: [task(), failedTask(900, 'x')] })).code).toBe('instance.serving');
  });

  it('counts another node that may carry the instance', () => {
    const other = node({ id: 'node-2', hostname: 'second' });
    const given = facts({ nodes: [node({ availability: 'drain' }), other], tasks: [] });
    expect(diagnose(given).code).toBe('task.missing');
  });

  it('shows what it has looked at', () => {
    const { evidence } = diagnose(facts({ tasks: loop, lastLine: 'bye' }));
    const value = (fact: string) => evidence.find((one) => one.fact === fact)?.value;
    expect(value('task_error')).toBe('task: non-zero exit (1)');
    expect(value('failures')).toBe('3');
    expect(value('last_line')).toBe('bye');
    expect(value('network')).toBe('tenants, 4 of 253 addresses taken');
    expect(value('database')).toBe('fine, tenant-postgres');
    expect(value('operation')).toBeUndefined();
  });
});
