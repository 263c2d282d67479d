import {
  assertCommandAllowed,
  type CommandSubject,
  type DesiredState,
  desiredAfter,
  type InstanceCommand,
} from '@saasodoo/instances/domain';
import fc from 'fast-check';

export const racedCommands = [
  'stop',
  'start',
  'suspend',
  'resume',
  'restart',
  'scale',
  'terminate',
] as const satisfies readonly InstanceCommand[];

export type RacedCommand = (typeof racedCommands)[number];

/** One thing that one client asks for, so long after what it asked for before. */
export interface Shot {
  readonly command: RacedCommand;
  readonly afterMs: number;
  /** What a scaled instance is to have. */
  readonly memory: string;
}

/** What several clients ask of one instance at the same time; each its own shots, in order. */
export type Race = readonly (readonly Shot[])[];

const CLIENTS = 3;
const LONGEST_PAUSE_MS = 1_200;

const shot: fc.Arbitrary<Shot> = fc.record({
  // Terminated instances must be replaced, so few are.
  command: fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...racedCommands.filter((one) => one !== 'terminate')) },
    { weight: 1, arbitrary: fc.constant('terminate' as const) },
  ),
  // Often at the very same moment.
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: LONGEST_PAUSE_MS })),
  memory: fc.constantFrom('128M', '160M', '192M', '224M'),
});

const race: fc.Arbitrary<Race> = fc.array(fc.array(shot, { minLength: 1, maxLength: 3 }), {
  minLength: CLIENTS,
  maxLength: CLIENTS,
});

export function racesOf(seed: number, count: number): Race[] {
  return fc.sample(race, { seed, numRuns: count });
}

/** What is wanted of an instance, as the rules of its commands have it. */
export interface Wanted {
  readonly desiredState: DesiredState;
  readonly resumeTo?: 'running' | 'stopped';
}

/** What is wanted after each of the accepted commands, beginning with what was wanted before them. */
export function wantedAfter(before: Wanted, accepted: readonly InstanceCommand[]): readonly Wanted[] {
  const all = [before];
  for (const command of accepted) all.push(next(all[all.length - 1] ?? before, command));
  return all;
}

function next(wanted: Wanted, command: InstanceCommand): Wanted {
  const desiredState = desiredAfter(command, subject(wanted));
  const { desiredState: now } = wanted;
  if (desiredState !== 'suspended') return { desiredState };
  if (now === 'running' || now === 'stopped') return { desiredState, resumeTo: now };
  return { ...wanted, desiredState };
}

export function isAllowed(command: InstanceCommand, wanted: Wanted): boolean {
  try {
    assertCommandAllowed(command, subject(wanted));
    return true;
  } catch {
    return false;
  }
}

/** No race lets an instance fail, so its status decides nothing. */
function subject({ desiredState, resumeTo }: Wanted): CommandSubject {
  return {
    ...{ status: 'running', desiredState, databaseServer: 'shared' },
    ...(resumeTo === undefined ? {} : { resumeTo }),
  };
}
