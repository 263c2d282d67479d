import { instanceStatuses } from '@saasodoo/instances/domain';
import fc from 'fast-check';
import { ago, failedTask, instance, node, NOW, service, task, waitingTask } from '../sights.fixture';
import type { InstanceSight } from './instance-sight';
import { judgeInstance } from './judge-instance';
import type { ProbeResult } from './probe-result';

const answering: ProbeResult = { taskId: 'task-1', status: 200, answered: true, misses: 0, probedAt: NOW };

function sight(change: Partial<InstanceSight> = {}): InstanceSight {
  return {
    instance: instance(),
    service: service(),
    tasks: [task()],
    nodes: [node()],
    now: NOW,
    probeOf: () => answering,
    startMs: 120_000,
    ...change,
  };
}

const probed = (change: Partial<ProbeResult>, seconds = 3_600): InstanceSight =>
  sight({ tasks: [task({ stateSince: ago(seconds) })], probeOf: () => ({ ...answering, ...change }) });

describe('judgeInstance', () => {
  it('calls healthy what has run for a while and answers', () => {
    expect(judgeInstance(sight())).toMatchObject({
      healthy: 'true',
      reason: 'Serving',
      task: { id: 'task-1' },
      failures: [],
    });
  });

  it.each([
    ['one silence', probed({ misses: 1 }), 'true', 'Serving'],
    ['two silences', probed({ misses: 2 }), 'false', 'NotAnswering'],
    ['silence since it started', probed({ answered: false, misses: 9 }, 60), 'unknown', 'Starting'],
    ['silence for too long', probed({ answered: false, misses: 9 }, 180), 'false', 'NotAnswering'],
    ['a first silence late', probed({ answered: false, misses: 1 }, 180), 'unknown', 'Starting'],
    ['a task that is new', probed({}, 5), 'unknown', 'Starting'],
    ['nobody asked yet', sight({ probeOf: () => undefined }), 'unknown', 'Starting'],
    ['no service', sight({ service: undefined, tasks: [] }), 'false', 'NoService'],
    ['scaled to zero', sight({ service: service({ replicas: 0 }), tasks: [] }), 'false', 'NoTask'],
    ['no task', sight({ tasks: [] }), 'false', 'NoTask'],
    [
      'a task no node takes',
      sight({ tasks: [waitingTask('pending', 'no suitable node (1 node not available)')] }),
      'false',
      'TaskPending',
    ],
    [
      'a task that cannot start',
      sight({
        tasks: [failedTask(2, 'No such image: odoo:17.0', { state: 'rejected', containerId: undefined })],
      }),
      'false',
      'TaskRejected',
    ],
    ['a node that is down', sight({ nodes: [node({ state: 'down' })] }), 'false', 'NodeDown'],
    [
      'no memory',
      sight({ tasks: [failedTask(2, 'x', { exitCode: 137 })], outOfMemory: new Set(['container-1']) }),
      'false',
      'OutOfMemory',
    ],
    [
      'a loop of failures',
      sight({ tasks: [failedTask(2, 'exit 1'), failedTask(20, 'exit 1'), failedTask(40, 'exit 1')] }),
      'false',
      'TaskFailed',
    ],
  ])('says of %s what it is', (_, given, healthy, reason) => {
    expect(judgeInstance(given)).toMatchObject({ healthy, reason });
  });

  it('says what an Odoo answers that is broken', () => {
    expect(judgeInstance(probed({ misses: 2, status: 502 })).message).toContain('502');
  });

  it('keeps calling failed what failed, until it serves again', () => {
    expect(judgeInstance({ ...probed({}, 5), before: 'false' })).toMatchObject({
      healthy: 'false',
      reason: 'Starting',
    });
    expect(judgeInstance({ ...probed({}, 5), before: 'true' })).toMatchObject({ healthy: 'unknown' });
    expect(judgeInstance({ ...probed({}), before: 'false' })).toMatchObject({ healthy: 'true' });
  });

  it('says nothing of an instance that is being changed', () => {
    const underway = sight({ instance: instance({ underway: 'restart' }), tasks: [] });
    expect(judgeInstance(underway)).toMatchObject({
      healthy: 'unknown',
      reason: 'Underway',
      message: 'A restart is under way.',
    });
  });

  it('shows the newest task of an instance that is not meant to run', () => {
    const stopped = sight({
      instance: instance({ status: 'stopped' }),
      tasks: [task({ id: 'last', state: 'shutdown' })],
    });
    expect(judgeInstance(stopped)).toMatchObject({
      healthy: 'unknown',
      reason: 'Stopped',
      task: { id: 'last' },
    });
  });

  it('never judges what is not meant to run, and has a stable reason for everything', () => {
    const anyTask = fc
      .record({
        state: fc.constantFrom('new', 'pending', 'running', 'failed', 'rejected', 'shutdown', 'complete'),
        desiredState: fc.constantFrom('running', 'ready', 'shutdown'),
        seconds: fc.nat(1_000),
      })
      .map(({ seconds, ...rest }) => task({ ...rest, createdAt: ago(seconds), stateSince: ago(seconds) }));
    const anySight = fc.record({
      status: fc.constantFrom(...instanceStatuses),
      tasks: fc.array(anyTask, { maxLength: 5 }),
      replicas: fc.nat(1),
      misses: fc.nat(3),
      answered: fc.boolean(),
    });
    fc.assert(
      fc.property(anySight, ({ status, tasks, replicas, misses, answered }) => {
        const { healthy, reason } = judgeInstance(
          sight({
            instance: instance({ status }),
            service: service({ replicas }),
            tasks,
            probeOf: () => ({ ...answering, misses, answered }),
          }),
        );
        expect(reason).toMatch(/^[A-Z][A-Za-z]{1,60}$/);
        if (status !== 'running' && status !== 'error') expect(healthy).toBe('unknown');
        if (healthy === 'true') expect(replicas).toBe(1);
      }),
    );
  });
});
