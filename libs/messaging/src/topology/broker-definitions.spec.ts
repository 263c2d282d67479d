import { CreateInstance, defineEvent } from '@saasodoo/contracts';
import { ContractRegistry, InstanceCreatedPayload } from '@saasodoo/contracts';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brokerDefinitions } from './broker-definitions';

const COMMITTED = resolve(__dirname, '../../../../infrastructure/rabbitmq/definitions.json');

describe('brokerDefinitions', () => {
  it('is what infrastructure/rabbitmq/definitions.json holds (npm run contracts:lock writes it)', () => {
    const generated = `${JSON.stringify(brokerDefinitions(), null, 2)}\n`;
    if (process.env['UPDATE_LOCKS'] === '1') writeFileSync(COMMITTED, generated);
    expect(JSON.parse(readFileSync(COMMITTED, 'utf8'))).toEqual(JSON.parse(generated));
  });

  it('gives a command one quorum queue with a parked queue behind it', () => {
    const { queues, bindings } = brokerDefinitions(new ContractRegistry([CreateInstance]));
    expect(queues.map(({ name }) => name)).toEqual([
      'provisioner.instance.create',
      'provisioner.instance.create.parked',
      'unroutable',
    ]);
    expect(queues.every((queue) => queue.arguments['x-queue-type'] === 'quorum')).toBe(true);
    expect(bindings).toContainEqual(
      expect.objectContaining({
        source: 'saasodoo.commands',
        routing_key: 'instance.create.v1',
        destination: 'provisioner.instance.create',
      }),
    );
  });

  it('gives every subscribing app one queue for all its events', () => {
    const payload = InstanceCreatedPayload;
    const created = defineEvent({
      name: 'thing.created',
      version: 1,
      payload,
      subscribers: ['billing', 'mail'],
    });
    const removed = defineEvent({ name: 'thing.removed', version: 1, payload, subscribers: ['billing'] });
    const { queues, bindings } = brokerDefinitions(new ContractRegistry([created, removed]));
    expect(queues.map(({ name }) => name).filter((name) => name.endsWith('.events'))).toEqual([
      'billing.events',
      'mail.events',
    ]);
    expect(bindings.filter(({ destination }) => destination === 'billing.events')).toHaveLength(2);
  });
});
