import type { Evidence } from './diagnosis';
import type { DiagnosisFacts } from './diagnosis-facts';
import { recentFailures } from './task-facts';

/** All that was looked at, in words. */
export function evidenceOf(facts: DiagnosisFacts): Evidence[] {
  const entries: [string, string | undefined][] = [
    ...instanceEvidence(facts),
    ...swarmEvidence(facts),
    ...groundEvidence(facts),
  ];
  return entries.flatMap(([fact, value]) => (value === undefined ? [] : [{ fact, value }]));
}

type Entries = [string, string | undefined][];

function instanceEvidence({ instance, operation }: DiagnosisFacts): Entries {
  return [
    ['desired_state', instance.desiredState],
    ['status', instance.status],
    ['error', instance.error?.message],
    ['billing_status', instance.billingStatus],
    [
      'operation',
      operation === undefined
        ? undefined
        : [operation.kind, operation.status, operation.step, operation.error].filter(Boolean).join(', '),
    ],
    ['route', instance.internalUrl ?? 'none'],
  ];
}

function swarmEvidence(facts: DiagnosisFacts): Entries {
  const { service, tasks, nodes, placement, lastLine } = facts;
  const [newest] = tasks;
  const failed = tasks.find(({ error }) => error !== '');
  return [
    ['service', service === undefined ? 'missing' : `${service.name}, ${service.replicas} replicas`],
    ['task', newest === undefined ? 'none' : `${newest.state} since ${newest.stateSince.toISOString()}`],
    ['task_error', failed?.error],
    ['failures', String(recentFailures(facts))],
    ['out_of_memory', facts.outOfMemory ? 'yes' : undefined],
    ['last_line', lastLine],
    [
      'nodes',
      nodes.map((node) => `${node.hostname} ${node.state} ${node.availability}`).join('; ') || 'none',
    ],
    ['placement', placement?.reason],
  ];
}

function groundEvidence({
  image,
  directory,
  missingSecrets,
  network,
  database,
  http,
}: DiagnosisFacts): Entries {
  const { capacity } = network;
  const addresses = capacity === undefined ? '' : `, ${capacity.used} of ${capacity.usable} addresses taken`;
  return [
    ['image', image ?? 'not offered'],
    ['directory', `${directory.path ?? ''} ${directory.state}`.trim()],
    ['storage', directory.trouble?.code],
    ['secret', missingSecrets.length === 0 ? 'present' : `missing: ${missingSecrets.join(', ')}`],
    ['network', network.present ? `${network.name}${addresses}` : `${network.name} missing`],
    ['database', [database.state, database.server, database.detail].filter(Boolean).join(', ')],
    ['http', http.asked ? String(http.status ?? 'no answer') : 'not asked'],
  ];
}
