import fc from 'fast-check';
import { isOwned, type Owners } from './owners';
import { planReap, type ReapInput, type ReapPlan } from './reap-policy';
import { type Thing, thingKey, thingKinds, type Tombstone } from './thing';

const NOW = new Date('2026-01-01T00:00:00Z');
const HOUR = 3_600_000;
const settings = { minAgeMs: HOUR, quarantineMs: 24 * HOUR, maxPerRun: 20 };

const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR);

function owners(change: Partial<Owners> = {}): Owners {
  return { living: new Set(['alive']), terminated: new Set(), busy: new Set(), byRole: new Map(), ...change };
}

function thing(change: Partial<Thing> = {}): Thing {
  return {
    kind: 'service',
    id: 'one',
    name: 'odoo-one',
    labels: {},
    ownerId: 'gone',
    ownerRole: undefined,
    isTransient: false,
    isInUse: false,
    isSetAside: false,
    createdAt: hoursAgo(2),
    ...change,
  };
}

function tombstone(change: Partial<Tombstone> = {}): Tombstone {
  return {
    id: 'tombstone',
    kind: 'service',
    thingId: 'one',
    name: 'odoo-one',
    ownerId: 'gone',
    foundAt: hoursAgo(1),
    quarantinedAt: undefined,
    ...change,
  };
}

function plan(change: Partial<ReapInput>): ReapPlan {
  return planReap({ now: NOW, settings, owners: owners(), things: [], tombstones: [], ...change });
}

describe('a thing without an owner', () => {
  it('gets a tombstone once it is of age', () => {
    expect(plan({ things: [thing()] }).tombstone).toHaveLength(1);
    expect(plan({ things: [thing({ createdAt: hoursAgo(0.9) })] }).tombstone).toEqual([]);
  });

  it('is quarantined in a later run, and removed when its time there is over', () => {
    const things = [thing()];
    expect(plan({ things, tombstones: [tombstone()] })).toMatchObject({ quarantine: [{}], remove: [] });
    const inside = tombstone({ quarantinedAt: hoursAgo(23) });
    expect(plan({ things, tombstones: [inside] })).toMatchObject({ quarantine: [], remove: [] });
    const over = tombstone({ quarantinedAt: hoursAgo(24) });
    expect(plan({ things, tombstones: [over] })).toMatchObject({ quarantine: [], remove: [{}] });
  });

  it('is as old as its tombstone where nobody keeps its age', () => {
    const things = [thing({ createdAt: undefined })];
    expect(plan({ things }).tombstone).toHaveLength(1);
    expect(plan({ things, tombstones: [tombstone({ foundAt: hoursAgo(0.5) })] }).quarantine).toEqual([]);
    expect(plan({ things, tombstones: [tombstone({ foundAt: hoursAgo(1) })] }).quarantine).toHaveLength(1);
  });

  it('is left alone while something needs it', () => {
    const things = [thing({ isInUse: true })];
    const left = { tombstone: [], quarantine: [], remove: [], release: [] };
    expect(plan({ things })).toMatchObject(left);
    expect(plan({ things, tombstones: [tombstone({ quarantinedAt: hoursAgo(48) })] })).toMatchObject(left);
  });

  it('loses its tombstone when it has an owner again, in quarantine or not', () => {
    const things = [thing({ ownerId: 'alive' })];
    expect(plan({ things, tombstones: [tombstone()] }).release).toHaveLength(1);
    const inside = tombstone({ quarantinedAt: hoursAgo(48) });
    expect(plan({ things, tombstones: [inside] })).toMatchObject({ release: [{}], remove: [] });
  });

  it('is given back also when its tombstone was lost, where it says itself that it was set aside', () => {
    const aside = thing({ ownerId: 'alive', isSetAside: true });
    expect(plan({ things: [aside] }).release).toEqual([{ thing: aside, tombstone: undefined }]);
    expect(plan({ things: [{ ...aside, ownerId: 'gone' }] }).release).toEqual([]);
  });

  it('that somebody else removed leaves a tombstone to be closed', () => {
    expect(plan({ tombstones: [tombstone()] }).vanished).toEqual([tombstone()]);
  });
});

describe('ownership', () => {
  it.each([
    ['a living instance', thing({ ownerId: 'alive' }), owners(), true],
    ['a terminated instance', thing(), owners({ terminated: new Set(['gone']) }), false],
    ['an instance being terminated', thing(), owners({ busy: new Set(['gone']) }), true],
    ['a living instance, of a job', thing({ ownerId: 'alive', isTransient: true }), owners(), false],
    [
      'an instance at work, of a job',
      thing({ isTransient: true }),
      owners({ busy: new Set(['gone']) }),
      true,
    ],
    [
      'the owner of its role',
      thing({ ownerId: undefined, ownerRole: 'odoo_1' }),
      owners({ byRole: new Map([['odoo_1', 'alive']]) }),
      true,
    ],
    ['nobody, of a role nobody knows', thing({ ownerId: undefined, ownerRole: 'builder' }), owners(), false],
  ])('is that of %s', (_whom, one, of, owned) => {
    expect(isOwned(one, of)).toBe(owned);
  });
});

describe('an empty list of owners', () => {
  const none = owners({ living: new Set() });

  it('raises an alarm and stops everything while things are there', () => {
    const things = [thing(), thing({ id: 'two', ownerId: 'another' })];
    const found = plan({ owners: none, things, tombstones: [tombstone({ quarantinedAt: hoursAgo(48) })] });
    expect(found.alarm).toContain('no instance is known, while 2 things of this platform are there');
    expect(found).toMatchObject({ tombstone: [], quarantine: [], remove: [], release: [], vanished: [] });
  });

  it('is no alarm when nothing is there, nor when all that is there is known to be terminated', () => {
    expect(plan({ owners: none }).alarm).toBeUndefined();
    const terminated = owners({ living: new Set(), terminated: new Set(['gone']) });
    expect(plan({ owners: terminated, things: [thing()] })).toMatchObject({
      alarm: undefined,
      tombstone: [{}],
    });
    const unknown = thing({ id: 'two', ownerId: 'another' });
    expect(plan({ owners: terminated, things: [thing(), unknown] }).alarm).toBeDefined();
  });

  it('is no alarm for what never has an owner: the builder of a template that is in use', () => {
    const builder = thing({ kind: 'role', ownerId: undefined, ownerRole: 'builder', isInUse: true });
    expect(plan({ owners: none, things: [builder] }).alarm).toBeUndefined();
  });
});

describe('caps', () => {
  const many = (count: number, kind: Thing['kind'] = 'service'): Thing[] =>
    Array.from({ length: count }, (_, index) =>
      thing({ kind, id: String(index), createdAt: hoursAgo(2 + index) }),
    );

  it('keep a run to a fifth of what is there of a kind, and to one at least', () => {
    expect(plan({ things: many(3) }).tombstone).toHaveLength(1);
    expect(plan({ things: many(50) })).toMatchObject({ tombstone: { length: 10 }, postponed: 40 });
    expect(plan({ things: [...many(10), ...many(10, 'secret')] }).tombstone).toHaveLength(4);
  });

  it('keep a run to so many of everything, the oldest first', () => {
    const things = many(1_000);
    expect(plan({ things }).tombstone.map(({ id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, index) => String(999 - index)),
    );
    const tombstones = things.map(({ id }) => tombstone({ id, thingId: id, quarantinedAt: hoursAgo(48) }));
    expect(plan({ things, tombstones }).remove).toHaveLength(20);
  });
});

describe('whatever is there', () => {
  const ids = ['alive', 'busy', 'gone', 'unheard-of'];
  const anyThing = fc.record({
    kind: fc.constantFrom(...thingKinds),
    id: fc.nat(30).map(String),
    name: fc.constant('name'),
    labels: fc.constant({}),
    ownerId: fc.option(fc.constantFrom(...ids), { nil: undefined }),
    ownerRole: fc.option(fc.constantFrom('role-of-alive', 'builder'), { nil: undefined }),
    isTransient: fc.boolean(),
    isInUse: fc.boolean(),
    isSetAside: fc.boolean(),
    createdAt: fc.option(fc.integer({ min: 0, max: 100 }).map(hoursAgo), { nil: undefined }),
  });
  const anyTombstone = fc.record({
    id: fc.uuid(),
    kind: fc.constantFrom(...thingKinds),
    thingId: fc.nat(30).map(String),
    name: fc.constant('name'),
    ownerId: fc.constant(undefined),
    foundAt: fc.integer({ min: 0, max: 100 }).map(hoursAgo),
    quarantinedAt: fc.option(fc.integer({ min: 0, max: 100 }).map(hoursAgo), { nil: undefined }),
  });
  const anyOwners = fc
    .record({ living: fc.boolean(), busy: fc.boolean(), gone: fc.boolean() })
    .map(({ living, busy, gone }) =>
      owners({
        living: new Set(living ? ['alive'] : []),
        busy: new Set(busy ? ['busy'] : []),
        terminated: new Set(gone ? ['gone'] : []),
        byRole: new Map(living ? [['role-of-alive', 'alive']] : []),
      }),
    );
  const anyInput: fc.Arbitrary<ReapInput> = fc.record({
    now: fc.constant(NOW),
    settings: fc.record({
      minAgeMs: fc.integer({ min: 1, max: 50 }).map((hours) => hours * HOUR),
      quarantineMs: fc.integer({ min: 1, max: 50 }).map((hours) => hours * HOUR),
      maxPerRun: fc.integer({ min: 1, max: 10 }),
    }),
    owners: anyOwners,
    things: fc.uniqueArray(anyThing, { selector: thingKey, maxLength: 60 }),
    tombstones: fc.uniqueArray(anyTombstone, {
      selector: ({ kind, thingId }) => `${kind} ${thingId}`,
      maxLength: 30,
    }),
  });
  const touched = ({ tombstone: found, quarantine, remove }: ReapPlan): Thing[] => [
    ...found,
    ...[...quarantine, ...remove].map((one) => one.thing),
  ];
  const age = (date: Date): number => NOW.getTime() - date.getTime();
  const holds = (property: (input: ReapInput, plan: ReapPlan) => void): void =>
    fc.assert(
      fc.property(anyInput, (input) => property(input, planReap(input))),
      { numRuns: 2_000 },
    );

  it('what has an owner or is in use is never touched, and is released', () =>
    holds((input, planned) => {
      expect(touched(planned).filter((one) => one.isInUse || isOwned(one, input.owners))).toEqual([]);
      if (planned.alarm !== undefined) return;
      const laidOut = new Set(input.tombstones.map(({ kind, thingId: id }) => thingKey({ kind, id })));
      const back = input.things.filter(
        (one) => isOwned(one, input.owners) && (one.isSetAside || laidOut.has(thingKey(one))),
      );
      expect(new Set(planned.release.map((one) => thingKey(one.thing)))).toEqual(new Set(back.map(thingKey)));
    }));

  it('nothing young is touched, and nothing is removed before its quarantine is over', () =>
    holds(({ settings: { minAgeMs, quarantineMs } }, planned) => {
      for (const { createdAt } of planned.tombstone) {
        expect(createdAt === undefined || age(createdAt) >= minAgeMs).toBe(true);
      }
      for (const { thing: one, tombstone: known } of planned.quarantine) {
        expect(age(one.createdAt ?? known.foundAt)).toBeGreaterThanOrEqual(minAgeMs);
      }
      for (const { tombstone: known } of planned.remove) {
        expect(age(known.quarantinedAt!)).toBeGreaterThanOrEqual(quarantineMs);
      }
    }));

  it('the caps hold', () =>
    holds(({ settings: { maxPerRun }, things }, planned) => {
      expect(planned.tombstone.length).toBeLessThanOrEqual(maxPerRun);
      expect(planned.quarantine.length).toBeLessThanOrEqual(maxPerRun);
      expect(planned.remove.length).toBeLessThanOrEqual(maxPerRun);
      for (const kind of thingKinds) {
        const there = things.filter((one) => one.kind === kind).length;
        const laid = planned.tombstone.filter((one) => one.kind === kind).length;
        expect(laid).toBeLessThanOrEqual(Math.max(1, Math.floor(there * 0.2)));
      }
    }));

  it('an alarm stops everything, and an empty list of owners never touches what it cannot explain', () =>
    holds((input, planned) => {
      const actions = [...touched(planned), ...planned.release, ...planned.vanished];
      if (planned.alarm !== undefined) expect(actions).toEqual([]);
      const { living, busy, terminated } = input.owners;
      if (living.size + busy.size > 0) return;
      const unexplained = touched(planned).filter(({ ownerId }) => !terminated.has(ownerId ?? 'gone'));
      expect(unexplained).toEqual([]);
    }));

  it('a thing is touched in one way at a time', () =>
    holds((_input, planned) => {
      const keys = [...touched(planned), ...planned.release.map((one) => one.thing)].map(thingKey);
      expect(new Set(keys).size).toBe(keys.length);
    }));

  it('every orphan is gone in the end, never sooner than age and quarantine allow', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 }), (count, maxPerRun) => {
        const state = new Simulation(count, maxPerRun);
        for (let run = 0; run < 400 && state.things.length > 0; run += 1) state.run();
        expect(state.things).toEqual([]);
        expect(state.firstRemoval).toBeGreaterThanOrEqual(settings.minAgeMs + settings.quarantineMs);
      }),
      { numRuns: 50 },
    ));
});

/** Runs the policy once an hour against a world that does as planned. */
class Simulation {
  things: Thing[];
  firstRemoval = Infinity;
  private tombstones: Tombstone[] = [];
  private now = NOW.getTime();

  constructor(
    count: number,
    private readonly maxPerRun: number,
  ) {
    this.things = Array.from({ length: count }, (_, index) => thing({ id: String(index), createdAt: NOW }));
  }

  run(): void {
    const now = new Date(this.now);
    const { things, tombstones } = this;
    const planned = planReap({
      now,
      settings: { ...settings, maxPerRun: this.maxPerRun },
      owners: owners(),
      things,
      tombstones,
    });
    const quarantined = new Set(planned.quarantine.map((one) => one.tombstone.thingId));
    const removed = new Set(planned.remove.map((one) => one.tombstone.thingId));
    this.things = things.filter(({ id }) => !removed.has(id));
    this.tombstones = [
      ...tombstones
        .filter(({ thingId }) => !removed.has(thingId))
        .map((one) => (quarantined.has(one.thingId) ? { ...one, quarantinedAt: now } : one)),
      ...planned.tombstone.map(({ id }) => tombstone({ thingId: id, foundAt: now })),
    ];
    if (removed.size > 0) this.firstRemoval = Math.min(this.firstRemoval, this.now - NOW.getTime());
    this.now += HOUR;
  }
}
