import { finalStatus, initialStatus, instanceStatuses } from './instance-status';
import { transitions, type TransitionTable } from './transitions';

/** The transition table as a Mermaid state diagram. */
export function stateDiagram(table: TransitionTable = transitions): string {
  const edges = instanceStatuses.flatMap((from) => table[from].map((to) => `  ${from} --> ${to}`));
  return ['stateDiagram-v2', `  [*] --> ${initialStatus}`, ...edges, `  ${finalStatus} --> [*]`].join('\n');
}

/** The whole page `docs/state-diagram.md`. */
export function stateDiagramPage(): string {
  return [
    '# States of an instance',
    '',
    'Generated from `libs/instances/domain/src/transitions.ts`; a unit test fails when they differ.',
    '',
    '```mermaid',
    stateDiagram(),
    '```',
    '',
  ].join('\n');
}
