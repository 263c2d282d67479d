import type { Finding } from './diagnosis';
import type { DiagnosisFacts } from './diagnosis-facts';
import type { Rule } from './rule';
import { failedTask, runningTask } from './task-facts';

/** What an instance stands on besides a machine: network, database, directory, configuration, image. */
export const groundRules: readonly Rule[] = [
  networkMissing,
  networkFull,
  databaseServerDown,
  databaseMissing,
  loginRefused,
  storageInTrouble,
  directoryMissing,
  secretMissing,
  imageNotOffered,
];

function networkMissing({ network }: DiagnosisFacts): Finding | undefined {
  if (network.present) return undefined;
  return {
    code: 'network.missing',
    summary: `The overlay network ${network.name} does not exist.`,
    action: {
      text: 'Make the network; the instance is deployed into it by itself.',
      command: `docker network create --driver overlay --attachable ${network.name}`,
    },
  };
}

function networkFull(facts: DiagnosisFacts): Finding | undefined {
  const { name, capacity } = facts.network;
  const refused = facts.tasks[0]?.error.match(/missing network attachments|available IP/i);
  const full = capacity !== undefined && capacity.used >= capacity.usable;
  if (runningTask(facts) !== undefined || (!full && !refused)) return undefined;
  const counts = capacity === undefined ? '' : `: ${capacity.used} of ${capacity.usable} are taken`;
  return {
    code: 'network.full',
    summary: `The overlay network ${name} has no address left${counts}.`,
    action: { text: 'Remove what is not needed from the network, or move tenants to a larger one.' },
  };
}

function databaseServerDown({ database }: DiagnosisFacts): Finding | undefined {
  if (database.state !== 'server_down') return undefined;
  return {
    code: 'database.server_down',
    summary: `The database server ${database.server ?? ''} cannot be reached.`,
    action: {
      text: 'Bring the database server of the tenants back; instances reconnect by themselves.',
      command: `docker service ps --no-trunc ${database.server ?? 'tenant-postgres'}`,
    },
  };
}

function databaseMissing({ database, instance }: DiagnosisFacts): Finding | undefined {
  if (database.state !== 'missing') return undefined;
  return {
    code: 'database.missing',
    summary: `The database ${instance.databaseName} does not exist on ${database.server ?? 'its server'}.`,
    action: { text: 'Restore the database from a backup.' },
  };
}

function loginRefused({ database, instance }: DiagnosisFacts): Finding | undefined {
  if (database.state !== 'refused') return undefined;
  const role = instance.databaseRole ?? 'of the instance';
  return {
    code: 'database.login_refused',
    summary: `The database server refuses the login of the role ${role}.`,
    action: {
      text: 'Its password or right to log in was changed by hand: give the role the stored password again.',
      command: `ALTER ROLE "${role}" LOGIN PASSWORD '…'`,
    },
  };
}

/** In the words of the storage, which knows what is wrong with it: it does not answer, is mounted read-only, is full … */
function storageInTrouble({ directory: { trouble } }: DiagnosisFacts): Finding | undefined {
  if (trouble === undefined) return undefined;
  return {
    code: trouble.code,
    summary: `The storage of the instance cannot be used: ${trouble.message}.`,
    action: {
      text: trouble.hint ?? 'See what the storage says; instances go on by themselves when it can be used.',
    },
  };
}

function directoryMissing(facts: DiagnosisFacts): Finding | undefined {
  const said = /bind source path does not exist:?\s*(\S*)/i.exec(failedTask(facts)?.error ?? '');
  const { state, path } = facts.directory;
  if (state !== 'missing' && (said === null || runningTask(facts) !== undefined)) return undefined;
  const where = said?.[1] ?? path ?? 'of the instance';
  return {
    code: 'storage.directory_missing',
    summary: `The directory ${where} does not exist on the node.`,
    action: {
      text: 'See whether the storage is mounted there; else restore the directory from a backup.',
      command: `ls -ld ${where}`,
    },
  };
}

function secretMissing({ missingSecrets: [name] }: DiagnosisFacts): Finding | undefined {
  if (name === undefined) return undefined;
  return {
    code: 'secret.missing',
    summary: `The secret ${name} with the configuration of Odoo does not exist.`,
    action: { text: 'Redeploy the instance: its secret is made anew from what is stored.' },
  };
}

function imageNotOffered({ instance, image }: DiagnosisFacts): Finding | undefined {
  if (image !== undefined) return undefined;
  return {
    code: 'image.not_offered',
    summary: `This site has no image of Odoo ${instance.odooVersion} any more.`,
    action: { text: 'Add it to ODOO_IMAGES.' },
  };
}
