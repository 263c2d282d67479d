import { poll } from '../../infrastructure/scripts/process.ts';
import { docker } from '../../infrastructure/scripts/docker.ts';
import { Customer, freshName, type InstanceView, type OperationView, problemOf } from '../support/customer';
import { allEvents, eventsUntil, type StreamEvent } from '../support/event-stream';
import { edgeOf, testSite } from '../support/site';
import { containerAfter, containerOfInstance } from '../support/tasks';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(240_000);

interface HealthView {
  readonly instance_id: string;
  readonly service_name: string;
  readonly healthy: 'true' | 'false' | 'unknown';
  readonly reason: string;
  readonly task: { readonly id: string; readonly state: string } | null;
}

interface LogLine {
  readonly stream: string;
  readonly text: string;
  readonly task_id: string | null;
}

interface ConditionChange {
  readonly instance_id: string;
  readonly status: string;
  readonly reason: string;
}

/** What a browser sends that was cut off after `event`. */
function after(event: StreamEvent | undefined): Record<string, string> {
  return { 'last-event-id': event?.id ?? '' };
}

describe('what is known of an instance', () => {
  let customer: Customer;

  beforeAll(async () => {
    customer = await Customer.register(edge);
  });

  function light(prefix: string): Promise<InstanceView> {
    return customer.runningInstance({ database_name: freshName(prefix), odoo_version: site.lightVersion });
  }

  async function healthIs(id: string, wanted: HealthView['healthy']): Promise<HealthView> {
    let last: HealthView | undefined;
    const seen = await poll(async () => {
      last = await customer.read<HealthView>(`/instance/instances/${id}/health`);
      return last.healthy === wanted ? last : undefined;
    }, 90_000);
    if (seen === undefined) throw new Error(`the health of ${id} stayed ${JSON.stringify(last)}`);
    return seen;
  }

  /** Something of the instance's own to find in its logs. */
  async function say({ database_name }: InstanceView, text: string): Promise<void> {
    expect((await edge.call(database_name, `/say/${text}`)).status).toBe(200);
  }

  function logsOf(id: string, query = ''): Promise<readonly LogLine[]> {
    return customer.read<readonly LogLine[]>(`/instance/instances/${id}/logs${query}`);
  }

  describe('its health', () => {
    test('a running one becomes healthy, a stopped one does not stay so, and its history tells', async () => {
      const instance = await light('health');
      const healthy = await healthIs(instance.id, 'true');
      expect(healthy).toMatchObject({ instance_id: instance.id, service_name: instance.service_name });
      expect(healthy.task).toMatchObject({ state: 'running' });

      await docker(['kill', (await containerOfInstance(instance.id)).id]);
      expect((await healthIs(instance.id, 'false')).reason.length).toBeGreaterThan(0);
      await healthIs(instance.id, 'true');
      const { changes } = await customer.read<{ changes: readonly ConditionChange[] }>(
        `/instance/instances/${instance.id}/history?page_size=100`,
      );
      const statuses = changes.map(({ status }) => status);
      expect(statuses).toContain('false');
      expect(statuses.filter((status) => status === 'true').length).toBeGreaterThan(1);
    });

    test('by the name of its service: health, status, sync, and in the list', async () => {
      const instance = await light('named');
      await healthIs(instance.id, 'true');
      const path = `/instance/monitoring/services/${instance.service_name}`;
      expect(await customer.read(`${path}/health`)).toMatchObject({
        instance_id: instance.id,
        healthy: 'true',
      });
      const status = await customer.read<{ replicas: number; tasks: { id: string; state: string }[] }>(
        `${path}/status`,
      );
      expect(status).toMatchObject({ name: instance.service_name, instance_id: instance.id, replicas: 1 });
      const { taskId } = await containerOfInstance(instance.id);
      expect(status.tasks).toContainEqual(expect.objectContaining({ id: taskId, state: 'running' }));

      const synced = await customer.call(`${path}/sync`, { method: 'POST' });
      expect(synced.status).toBe(200);
      expect(JSON.parse(synced.body)).toMatchObject({ instance_id: instance.id });
      const { services } = await customer.read<{ services: HealthView[] }>(
        '/instance/monitoring/services?page_size=100',
      );
      expect(services.map(({ service_name }) => service_name)).toContain(instance.service_name);

      const stranger = await Customer.register(edge);
      for (const view of ['health', 'status'])
        expect((await stranger.call(`${path}/${view}`)).status).toBe(404);
      expect((await stranger.call(`/instance/instances/${instance.id}/logs`)).status).toBe(404);
    });

    test('diagnosis says in a sentence what is so, with evidence and what to do', async () => {
      const instance = await light('why');
      await customer.succeeded((await customer.command(instance.id, 'stop')).id);
      const diagnosis = await customer.read<{
        code: string;
        summary: string;
        evidence: readonly object[];
        action: { text: string };
      }>(`/instance/instances/${instance.id}/diagnosis`);
      expect(diagnosis.summary).toMatch(/stopped/i);
      expect(diagnosis.evidence.length).toBeGreaterThan(0);
      expect(diagnosis.action.text.length).toBeGreaterThan(0);
    });
  });

  describe('its logs', () => {
    test('the last lines, standard output and standard error told apart', async () => {
      const instance = await light('logs');
      await say(instance, 'first-words');
      const found = await poll(async () => {
        const lines = await logsOf(instance.id);
        return lines.some(({ text }) => text.includes('first-words')) ? lines : undefined;
      }, 30_000);
      const { taskId } = await containerOfInstance(instance.id);
      expect(found).toContainEqual(
        expect.objectContaining({ stream: 'stdout', text: 'first-words', task_id: taskId }),
      );
      expect(found?.some(({ stream, text }) => stream === 'stderr' && text.includes('GET'))).toBe(true);
      expect((await logsOf(instance.id, '?tail=1')).length).toBe(1);
      const later = new Date(Date.now() + 60_000).toISOString();
      expect(await logsOf(instance.id, `?since=${later}`)).toEqual([]);
      const malformed = await customer.call(`/instance/instances/${instance.id}/logs?tail=many`);
      expect(malformed.status).toBe(422);
    });

    test('followed, each line as it is written', async () => {
      const instance = await light('follow');
      const stream = await customer.open(`/instance/instances/${instance.id}/logs?follow=true&tail=0`);
      expect(stream.statusCode).toBe(200);
      const spoken = (event: StreamEvent): boolean => event.data.includes('while-followed');
      const seen = eventsUntil(stream, spoken);
      // The stream is open when its headers are there, but what it follows may still be on its way: said until heard.
      let heard = false;
      const talking = poll(
        async () => {
          await say(instance, 'while-followed');
          return heard ? true : undefined;
        },
        60_000,
        1_000,
      );
      const events = await seen.finally(() => (heard = true));
      await talking;
      expect(events.at(-1)).toMatchObject({ event: 'log' });
    });

    test('of a task that has died', async () => {
      const instance = await light('dead');
      await say(instance, 'last-words');
      const before = await containerOfInstance(instance.id);
      await edge.call(instance.database_name, '/exit', { method: 'POST', json: {} }).catch(() => undefined);
      await containerAfter(instance.id, before);
      const lines = await poll(async () => {
        const all = await logsOf(instance.id, '?tail=1000');
        return all.find(({ text, task_id }) => text === 'last-words' && task_id === before.taskId);
      }, 60_000);
      expect(lines).toMatchObject({ stream: 'stdout' });
    });
  });

  describe('its events', () => {
    test('an operation is streamed to its end; with Last-Event-ID only what is newer', async () => {
      const instance = await light('sse');
      const stop = await customer.command(instance.id, 'stop');
      const path = `/instance/operations/${stop.id}/events`;
      const events = await allEvents(await customer.open(path));
      const last = JSON.parse(events.at(-1)?.data ?? '{}') as OperationView;
      expect(last).toMatchObject({ id: stop.id, status: 'succeeded' });
      const ids = events.map(({ id }) => Number(id));
      expect(ids).toEqual([...ids].sort((a, b) => a - b));

      const [first] = events;
      const later = await allEvents(await customer.open(path, after(first)));
      expect(later.every(({ id }) => Number(id) > Number(first?.id))).toBe(true);
      const none = await customer.open(path, after(events.at(-1)));
      expect(none.statusCode).toBe(204);
      none.destroy();
    });

    test('a customer hears of all their instances, and of what was missed meanwhile', async () => {
      const instance = await light('news');
      await healthIs(instance.id, 'true');
      const isHealth = (status: string) => (event: StreamEvent) => {
        if (event.event !== 'health') return false;
        const change = JSON.parse(event.data) as ConditionChange;
        return change.instance_id === instance.id && change.status === status;
      };
      const live = eventsUntil(await customer.open('/instance/events'), isHealth('false'));
      await docker(['kill', (await containerOfInstance(instance.id)).id]);
      const unhealthy = (await live).at(-1);
      await healthIs(instance.id, 'true');
      // Away while it recovered: asked with the last id, the recovery comes first of all.
      const [missed] = await eventsUntil(
        await customer.open('/instance/events', after(unhealthy)),
        isHealth('true'),
      );
      expect(Number(missed?.id)).toBeGreaterThan(Number(unhealthy?.id));
    });
  });

  test('what there is not is a 404 that says so', async () => {
    const answer = await customer.call('/instance/monitoring/services/odoo-nobody-00000000/health');
    expect(answer.status).toBe(404);
    expect(problemOf(answer).code.length).toBeGreaterThan(0);
  });
});
