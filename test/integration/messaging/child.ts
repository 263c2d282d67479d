import { Logger } from '@nestjs/common';
import {
  AmqpLink,
  type MessageContext,
  MessagingMetrics,
  Outbox,
  OutboxRelay,
  OutboxSignal,
  SaasodooTransport,
} from '@saasodoo/messaging';
import { createDataSource } from '@saasodoo/persistence';
import { noteContracts, type NotePayload, WriteNote } from './note.contract';
import { writeDown } from './write-down';

/** A relay or a scribe as a process of its own, so that a test can kill it: `child.ts relay|scribe DATABASE BROKER`. */
async function main([role = '', databaseUrl = '', brokerUrl = '']: readonly string[]): Promise<void> {
  Logger.overrideLogger(false);
  const dataSource = await createDataSource({
    url: databaseUrl,
    poolSize: 4,
    applicationName: role,
  }).initialize();
  const link = await AmqpLink.open({ url: brokerUrl, name: role });
  const metrics = new MessagingMetrics();
  if (role === 'relay') {
    new OutboxRelay({ dataSource, publisher: link, metrics, pollMs: 50 }).start();
    return;
  }
  const transport = new SaasodooTransport({
    appName: 'scribe',
    contracts: noteContracts,
    dataSource,
    link,
    outbox: new Outbox('scribe', new OutboxSignal(dataSource)),
    metrics,
    leaseMs: 1_000,
  });
  transport.addHandler(
    WriteNote.type,
    async (note: NotePayload, context: MessageContext) => writeDown(note, context),
    true,
  );
  transport.listen((error) => {
    if (error !== undefined) throw error;
  });
}

void main(process.argv.slice(2));
