import { node } from '../nodes/node.test-data';
import { service } from '../services/service.test-data';
import { task } from '../tasks/task.test-data';
import { type SwarmTask } from '../tasks/swarm-task';
import { judgeHealth } from './judge-health';
import { type HealthFacts, type ServiceHealth } from './service-health';

const NOW = new Date('2026-11-27T12:00:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const EXIT_1 = 'task: non-zero exit (1)';

/** A task that reached its state some seconds ago. */
const since = (seconds: number, overrides: Partial<SwarmTask> = {}): SwarmTask =>
  task({ id: `task-${seconds}`, createdAt: ago(seconds + 1), stateSince: ago(seconds), ...overrides });
const running = (seconds: number, overrides: Partial<SwarmTask> = {}): SwarmTask => since(seconds, overrides);
const failed = (seconds: number, overrides: Partial<SwarmTask> = {}): SwarmTask =>
  since(seconds, { desiredState: 'shutdown', state: 'failed', error: EXIT_1, exitCode: 1, ...overrides });
const stopped = (seconds: number, overrides: Partial<SwarmTask> = {}): SwarmTask =>
  since(seconds, { desiredState: 'shutdown', state: 'shutdown', ...overrides });
const waiting = (seconds: number, overrides: Partial<SwarmTask> = {}): SwarmTask =>
  since(seconds, { desiredState: 'ready', state: 'ready', ...overrides });
const unplaced = (seconds: number, overrides: Partial<SwarmTask> = {}): SwarmTask =>
  since(seconds, {
    state: 'pending',
    nodeId: undefined,
    error: 'no suitable node (1 node not available)',
    ...overrides,
  });

const judged = (tasks: readonly SwarmTask[], facts: Partial<HealthFacts> = {}): ServiceHealth =>
  judgeHealth({ service: service(), tasks, nodes: [node()], now: NOW, ...facts });

describe('judgeHealth', () => {
  it('is content with a task that has been running for more than ten seconds', () => {
    expect(judged([running(11)])).toEqual({
      healthy: true,
      reason: 'Running',
      message: 'running',
      task: running(11),
      failures: [],
    });
  });

  it('watches a task that runs but not for long', () => {
    expect(judged([running(10)])).toMatchObject({
      healthy: false,
      reason: 'Settling',
      message: 'running, but not yet for 10 seconds',
      task: { id: 'task-10' },
    });
  });

  it('says when there is no service', () => {
    expect(judged([], { service: undefined })).toMatchObject({
      healthy: false,
      reason: 'NoService',
      task: undefined,
    });
  });

  describe('without a task that runs', () => {
    it('says that there is none, and why', () => {
      expect(judged([])).toMatchObject({ healthy: false, reason: 'NoTask', message: 'there is no task' });
      const none = { service: service({ replicas: 0 }) };
      expect(judged([], none)).toMatchObject({ reason: 'NoTask', message: 'scaled to 0' });
      expect(judged([running(60, { desiredState: 'remove' })], none)).toMatchObject({
        healthy: false,
        reason: 'NoTask',
        message: 'scaled to 0; its last task is ending',
      });
    });

    it.each(['assigned', 'accepted', 'preparing', 'starting'] as const)(
      'lets the first one be %s',
      (state) => {
        expect(judged([since(60, { state })])).toMatchObject({
          healthy: false,
          reason: 'Settling',
          message: state,
        });
      },
    );

    it('hands on what the scheduler says', () => {
      expect(judged([unplaced(1)])).toMatchObject({
        reason: 'TaskPending',
        message: 'no suitable node (1 node not available)',
        task: { id: 'task-1' },
      });
      expect(judged([unplaced(1, { error: '' })]).reason).toBe('Settling');
    });

    it('takes a task that stays new for one without an address', () => {
      const fresh = (seconds: number): SwarmTask => since(seconds, { state: 'new', nodeId: undefined });
      expect(judged([fresh(5)])).toMatchObject({ reason: 'Settling', message: 'new' });
      expect(judged([fresh(6)])).toMatchObject({
        reason: 'TaskPending',
        message: expect.stringMatching(/address/),
      });
    });

    it('knows a restart that somebody asked for', () => {
      const next = waiting(1, { revision: 2 });
      const facts = { service: service({ revision: 2 }) };
      const old = running(90, { desiredState: 'shutdown' });
      expect(judged([next, old], facts)).toMatchObject({
        reason: 'Restarting',
        message: 'ready',
        task: next,
      });
      expect(judged([next, stopped(2)], facts)).toMatchObject({ reason: 'Restarting', failures: [] });
      expect(judged([old], facts)).toMatchObject({
        reason: 'Restarting',
        message: 'the previous task is ending',
      });
    });
  });

  describe('after failures', () => {
    it('calls the first one that is made good a restart', () => {
      expect(judged([waiting(1), failed(2)])).toMatchObject({
        reason: 'Restarting',
        message: `the next task is ready after: ${EXIT_1}`,
        task: { id: 'task-1' },
        failures: [failed(2)],
      });
      expect(judged([running(3), failed(8)])).toMatchObject({
        healthy: false,
        reason: 'Restarting',
        message: `the next task is running after: ${EXIT_1}`,
      });
    });

    it('calls it a failure when nothing is tried any more', () => {
      expect(judged([failed(2)])).toMatchObject({ reason: 'TaskFailed', message: EXIT_1, task: failed(2) });
      expect(judged([failed(3_600)])).toMatchObject({ reason: 'TaskFailed', failures: [] });
    });

    it('does not go back and forth while a container fails again and again', () => {
      const past = [failed(20), failed(30)];
      const expected = {
        healthy: false,
        reason: 'TaskFailed',
        message: `2 times within 10 minutes: ${EXIT_1}`,
      };
      for (const next of [waiting(1), since(1, { state: 'starting' }), running(1), running(9)])
        expect(judged([next, ...past])).toMatchObject({ ...expected, task: { id: 'task-20' } });
      expect(judged(past)).toMatchObject(expected);
    });

    it('forgives them once the service has settled, but still counts them', () => {
      const past = [failed(20), failed(30)];
      expect(judged([running(11), ...past])).toMatchObject({
        healthy: true,
        reason: 'Running',
        failures: past,
      });
    });

    it('counts those of ten minutes', () => {
      const health = judged([waiting(1), failed(2), failed(600), failed(601)]);
      expect(health.failures.map((one) => one.id)).toEqual(['task-2', 'task-600']);
      expect(health.message).toMatch(/^2 times/);
    });

    it('tells a task that could not start from one that failed, at once', () => {
      const rejected = failed(2, { state: 'rejected', error: 'No such image: odoo:99', exitCode: undefined });
      expect(judged([waiting(1), rejected])).toMatchObject({
        reason: 'TaskRejected',
        message: 'No such image: odoo:99',
        failures: [rejected],
      });
    });

    it('counts a task that ended by itself', () => {
      const ended = failed(2, { state: 'complete', error: '', exitCode: 0 });
      expect(judged([ended])).toMatchObject({
        reason: 'TaskFailed',
        message: expect.stringMatching(/by itself/),
      });
      expect(judged([ended]).failures).toEqual([ended]);
    });

    it('knows want of memory only when told of it', () => {
      const killed = failed(2, { error: 'task: non-zero exit (137)', exitCode: 137, containerId: 'c-1' });
      expect(judged([waiting(1), killed])).toMatchObject({ reason: 'Restarting' });
      expect(judged([waiting(1), killed], { outOfMemory: new Set(['c-2']) }).reason).toBe('Restarting');
      const outOfMemory = new Set(['c-1']);
      expect(judged([waiting(1), killed], { outOfMemory })).toMatchObject({
        reason: 'OutOfMemory',
        message: expect.stringMatching(/memory/),
        task: killed,
      });
      expect(judged([running(3), killed], { outOfMemory }).reason).toBe('OutOfMemory');
      expect(judged([running(11), killed], { outOfMemory })).toMatchObject({ healthy: true });
    });

    it('minds none of an older revision, but counts them', () => {
      const old = [failed(20), failed(30)];
      const facts = { service: service({ revision: 2 }) };
      const next = since(1, { state: 'starting', revision: 2 });
      expect(judged([next, ...old], facts)).toMatchObject({
        reason: 'Restarting',
        message: 'starting',
        failures: old,
      });
      expect(judged([running(3, { revision: 2 }), ...old], facts)).toMatchObject({ reason: 'Settling' });
    });

    it('forgets those before a task that was stopped in order', () => {
      expect(judged([waiting(1), stopped(2), failed(20), failed(30)])).toMatchObject({
        reason: 'Restarting',
        message: 'ready',
      });
    });

    it('puts what keeps the next task from running first', () => {
      expect(judged([unplaced(1), failed(2), failed(3)]).reason).toBe('TaskPending');
    });
  });

  describe('when a node goes away', () => {
    const nodes = [node({ state: 'down' }), node({ id: 'node-2', hostname: 'beta' })];

    it('does not believe what its tasks last said', () => {
      expect(judged([running(60)], { nodes })).toMatchObject({
        healthy: false,
        reason: 'NodeDown',
        message: 'node alpha is down',
        task: running(60),
      });
      expect(judged([running(60)], { nodes: [nodes[1]!] })).toMatchObject({
        reason: 'NodeDown',
        message: 'node node-1 is down',
      });
    });

    it('says so rather than that no other node fits', () => {
      const lost = running(60, { desiredState: 'shutdown' });
      expect(judged([unplaced(1), lost], { nodes })).toMatchObject({
        reason: 'NodeDown',
        message: 'node alpha is down; the next task is pending: no suitable node (1 node not available)',
      });
    });

    it('is content as soon as another node has taken over', () => {
      const lost = running(60, { desiredState: 'shutdown' });
      expect(judged([running(11, { nodeId: 'node-2' }), lost], { nodes })).toMatchObject({ healthy: true });
      expect(judged([running(3, { nodeId: 'node-2' }), lost], { nodes }).reason).toBe('Settling');
      expect(judged([since(1, { state: 'preparing', nodeId: 'node-2' }), lost], { nodes }).reason).toBe(
        'Restarting',
      );
    });

    it('waits for a node that was not heard of since the leader changed', () => {
      expect(judged([running(60)], { nodes: [node({ state: 'unknown' })] }).healthy).toBe(true);
    });
  });

  it('needs no order of tasks', () => {
    const tasks = [failed(30), waiting(1), failed(20)];
    expect(judged(tasks)).toEqual(judged([...tasks].reverse()));
  });
});
