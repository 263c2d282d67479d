import { crashPointsOf, type OperationKind, stepListOf } from '@saasodoo/operations/domain';

/** Where an instance is before or after an operation, as its status says. */
export type Place = 'running' | 'stopped' | 'suspended' | 'error';

/** One operation of one instance, and the point at which the worker that carries it out is killed. */
export interface Crossing {
  readonly kind: OperationKind;
  /** Absent when it is only the way to the next one. */
  readonly point?: string;
  readonly from: Place;
  readonly to: Place;
  /** It cannot be had, so it is taken back. */
  readonly undone?: true;
}

/** Crossings of one instance, in order: each begins where the one before has ended. */
export type Lane = readonly Crossing[];

/**
 * `before` of a step and `checkpointed` of the one before are the same moment, since both are written together, and so
 * are the last `checkpointed` and `finishing`: of each pair one is left out.
 */
export function pointsOf(kind: OperationKind): string[] {
  const [first] = stepListOf(kind);
  return crashPointsOf(kind).forward.filter(
    (point) =>
      !point.endsWith('.finishing') && (!point.endsWith('.before') || point === `${kind}.${first}.before`),
  );
}

const here = (kind: OperationKind): Lane =>
  pointsOf(kind).map((point) => ({ kind, point, from: 'running', to: 'running' }));

/** Down and up again, as often as either has points; without a kill when one has none left. */
function thereAndBack(downs: readonly Crossing[], ups: readonly Crossing[]): Lane {
  const [down] = downs;
  const [up] = ups;
  if (down === undefined || up === undefined) return [];
  const { point: _, ...plainDown } = down;
  const { point: __, ...plainUp } = up;
  return Array.from({ length: Math.max(downs.length, ups.length) }, (_each, index) => {
    const way = downs[index] ?? plainDown;
    return [way, { ...(ups[index] ?? plainUp), from: way.to }];
  }).flat();
}

const downs = (kind: OperationKind, to: Place): Lane =>
  pointsOf(kind).map((point) => ({ kind, point, from: 'running', to }));

const ups = (kind: OperationKind, from: Place): Lane =>
  pointsOf(kind).map((point) => ({ kind, point, from, to: 'running' }));

/** The steps of a change of shape that leave something to take back. */
const UNDONE_STEPS = ['deploy-service', 'ensure-secret'];

const undone: Lane = crashPointsOf('scale')
  .undo.filter((point) => UNDONE_STEPS.some((step) => point.includes(step)))
  .map((point) => ({ kind: 'scale', point, from: 'running', to: 'running', undone: true }));

/** Every point of every kind of the lifecycle once. A kind belongs to one lane alone, so that a point names its lane. */
export const lanes: readonly Lane[] = [
  thereAndBack([...downs('stop', 'stopped'), ...downs('halt', 'error')], ups('start', 'stopped')),
  thereAndBack(downs('suspend', 'suspended'), ups('resume', 'suspended')),
  here('restart'),
  [...here('scale'), ...undone],
  here('reconfigure'),
  here('redeploy'),
];

export interface Turn {
  readonly lane: number;
  /** Without a kill, on the way to the last one. */
  readonly way: Lane;
  readonly crossing: Crossing & { readonly point: string };
}

/** The turns of all lanes, spread so that a lane has time to finish what was interrupted while others have theirs. */
export function turnsOf(all: readonly Lane[]): Turn[] {
  return all
    .flatMap((lane, index) => {
      const turns = turnsOfLane(lane, index);
      return turns.map((turn, position) => ({ turn, at: (position + 0.5) / turns.length }));
    })
    .sort((a, b) => a.at - b.at)
    .map(({ turn }) => turn);
}

function turnsOfLane(crossings: Lane, lane: number): Turn[] {
  const turns: Turn[] = [];
  let way: Crossing[] = [];
  for (const { point, ...crossing } of crossings) {
    if (point === undefined) {
      way.push(crossing);
      continue;
    }
    turns.push({ lane, way, crossing: { ...crossing, point } });
    way = [];
  }
  return turns;
}
