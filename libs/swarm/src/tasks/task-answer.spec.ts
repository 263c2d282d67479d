import { Answer } from '../connection/answer';
import { toTask } from './task-answer';
import { thrownBy } from '../test-matchers';

const running = {
  ID: 'task-id',
  CreatedAt: '2026-11-23T21:00:00.1Z',
  ServiceID: 'service-id',
  NodeID: 'node-id',
  DesiredState: 'running',
  Spec: { ForceUpdate: 3, Resources: { Reservations: { NanoCPUs: 500_000_000, MemoryBytes: 1024 } } },
  Status: {
    State: 'running',
    Timestamp: '2026-11-23T21:00:01Z',
    ContainerStatus: { ContainerID: 'container-id', PID: 42, ExitCode: 0 },
  },
  NetworksAttachments: [{ Network: { ID: 'network-id' }, Addresses: ['10.20.0.5/22'] }],
};

const read = (value: object): ReturnType<typeof toTask> => toTask(new Answer(value, 'task'));

describe('toTask', () => {
  it('reads a running task, whose exit code of 0 means nothing', () => {
    expect(read(running)).toEqual({
      id: 'task-id',
      serviceId: 'service-id',
      nodeId: 'node-id',
      desiredState: 'running',
      state: 'running',
      revision: 3,
      error: '',
      exitCode: undefined,
      containerId: 'container-id',
      createdAt: new Date('2026-11-23T21:00:00.1Z'),
      stateSince: new Date('2026-11-23T21:00:01Z'),
      addresses: { 'network-id': ['10.20.0.5/22'] },
      reservations: { cpus: 0.5, memoryBytes: 1024 },
    });
  });

  it('reads one that has nothing yet', () => {
    const bare = { ...running, NodeID: undefined, Spec: {}, NetworksAttachments: null };
    const status = { State: 'pending', Timestamp: running.CreatedAt, Err: 'no suitable node' };
    expect(read({ ...bare, Status: status })).toMatchObject({
      nodeId: undefined,
      revision: 0,
      error: 'no suitable node',
      containerId: undefined,
      addresses: {},
      reservations: { cpus: 0, memoryBytes: 0 },
    });
  });

  it('reads the exit code of one that ended', () => {
    const status = { ...running.Status, State: 'failed', ContainerStatus: { ContainerID: 'c', ExitCode: 3 } };
    expect(read({ ...running, Status: status }).exitCode).toBe(3);
  });

  it.each([
    ['a state nobody knows', { Status: { ...running.Status, State: 'dreaming' } }, 'task.Status.State'],
    ['no id', { ID: undefined }, 'task.ID'],
    ['a number for a text', { ID: 7 }, 'task.ID'],
    ['a time that is none', { CreatedAt: 'yesterday' }, 'task.CreatedAt'],
    ['an object for a list', { NetworksAttachments: {} }, 'task.NetworksAttachments'],
  ])('refuses %s and names the place', (_what, change, path) => {
    expect(thrownBy(() => read({ ...running, ...change }))).toMatchObject({
      code: 'swarm.unexpected_answer',
      facts: { path },
    });
  });
});
