import { readEvent } from './event-answer';

const event = (fields: object): string =>
  JSON.stringify({
    Type: 'container',
    Action: 'die',
    Actor: { ID: 'container-1', Attributes: { name: 'odoo-acme.1.x', exitCode: '137' } },
    scope: 'local',
    time: 1_795_752_681,
    timeNano: 0,
    ...fields,
  }).replace('"timeNano":0', '"timeNano":1795752681954202928');

describe('readEvent', () => {
  it('reads whose container died and how', () => {
    const Attributes = {
      'com.docker.swarm.service.id': 'service-1',
      'com.docker.swarm.task.id': 'task-1',
      'com.docker.swarm.node.id': 'node-1',
      'saasodoo.instance.id': 'instance-1',
      name: 'odoo-acme.1.x',
      exitCode: '137',
    };
    expect(readEvent(event({ Actor: { ID: 'container-1', Attributes } }))).toEqual({
      event: {
        kind: 'container',
        action: 'die',
        detail: undefined,
        id: 'container-1',
        name: 'odoo-acme.1.x',
        time: new Date('2026-11-27T04:11:21.954Z'),
        serviceId: 'service-1',
        taskId: 'task-1',
        nodeId: 'node-1',
        instanceId: 'instance-1',
        exitCode: 137,
        attributes: Attributes,
      },
      after: '1795752681.954202929',
    });
  });

  it('takes services and nodes for their own', () => {
    const service = event({
      Type: 'service',
      Action: 'update',
      Actor: { ID: 's', Attributes: { name: 'a' } },
    });
    expect(readEvent(service)?.event).toMatchObject({
      kind: 'service',
      serviceId: 's',
      exitCode: undefined,
    });
    const node = event({
      Type: 'node',
      Action: 'update',
      Actor: { ID: 'n', Attributes: { 'state.new': 'down' } },
    });
    expect(readEvent(node)?.event).toMatchObject({ nodeId: 'n', attributes: { 'state.new': 'down' } });
  });

  it('keeps an action apart from its detail', () => {
    expect(readEvent(event({ Action: 'health_status: unhealthy' }))?.event).toMatchObject({
      action: 'health_status',
      detail: 'unhealthy',
    });
  });

  it('counts on from the last nanosecond of a second', () => {
    expect(readEvent(event({}).replace('681954202928', '681999999999'))?.after).toBe('1795752682.000000000');
  });

  it.each([
    ['no JSON', 'plain words'],
    ['nothing', ''],
    ['a list', '[]'],
    ['a kind nobody watches', event({ Type: 'volume' })],
    ['a network of one node', event({ Type: 'network', Action: 'create' })],
    ['no actor', event({ Actor: null })],
    ['an id that is none', event({ Actor: { ID: 7 } })],
  ])('passes over %s', (_what, line) => {
    expect(readEvent(line)).toBeUndefined();
  });
});
