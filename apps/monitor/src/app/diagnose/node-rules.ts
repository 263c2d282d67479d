import type { SwarmNode } from '@saasodoo/swarm';
import type { Finding } from './diagnosis';
import type { DiagnosisFacts } from './diagnosis-facts';
import type { Rule } from './rule';
import { runningTask } from './task-facts';

/** Whether there is a machine to run on. What runs already proves that there is. */
export const nodeRules: readonly Rule[] = [labelMissing, drained, down];

const LABEL_CONSTRAINT = /^\s*node\.labels\.([^\s=!]+)\s*==\s*(.*?)\s*$/;

function labelMissing(facts: DiagnosisFacts): Finding | undefined {
  if (runningTask(facts) !== undefined || candidates(facts).length > 0) return undefined;
  const [label = 'its constraints'] = facts.constraints.flatMap((one) => wantedLabel(one)?.text ?? []);
  return {
    code: 'node.label_missing',
    summary: `No node carries the label ${label}, so the task cannot be placed.`,
    action: {
      text: 'Label a node that is to carry tenants.',
      command: `docker node update --label-add ${label} ${facts.nodes[0]?.hostname ?? 'NODE'}`,
    },
  };
}

function drained(facts: DiagnosisFacts): Finding | undefined {
  if (runningTask(facts) !== undefined) return undefined;
  const nodes = candidates(facts);
  const [first] = nodes.filter((node) => node.state === 'ready' && node.availability !== 'active');
  if (first === undefined || nodes.some(isAvailable)) return undefined;
  const state = first.availability === 'drain' ? 'drained' : 'paused';
  return {
    code: 'node.drained',
    summary: `The node ${first.hostname} is ${state}, and no other node may carry the instance.`,
    action: {
      text: 'Make the node active again, or add another one for tenants.',
      command: `docker node update --availability active ${first.hostname}`,
    },
  };
}

function down(facts: DiagnosisFacts): Finding | undefined {
  if (runningTask(facts) !== undefined) return undefined;
  const nodes = candidates(facts);
  const [first] = nodes.filter(({ state }) => state !== 'ready');
  if (first === undefined || nodes.some(isAvailable)) return undefined;
  return {
    code: 'node.down',
    summary: `The node ${first.hostname} is ${first.state}, and no other node may carry the instance.`,
    action: {
      text: 'Bring the machine and its Docker engine back, or add another node for tenants.',
      command: `ssh ${first.hostname} systemctl start docker`,
    },
  };
}

/** Nodes with all the labels that are asked for, whatever their state. */
export function candidates({
  nodes,
  constraints,
}: Pick<DiagnosisFacts, 'nodes' | 'constraints'>): SwarmNode[] {
  const labels = constraints.flatMap((one) => wantedLabel(one) ?? []);
  return nodes.filter((node) =>
    labels.every(({ key, value }) => (node.labels[key] ?? '').toLowerCase() === value.toLowerCase()),
  );
}

function wantedLabel(constraint: string): { key: string; value: string; text: string } | undefined {
  const [, key, value = ''] = LABEL_CONSTRAINT.exec(constraint) ?? [];
  return key === undefined ? undefined : { key, value, text: `${key}=${value}` };
}

function isAvailable({ state, availability }: SwarmNode): boolean {
  return state === 'ready' && availability === 'active';
}
