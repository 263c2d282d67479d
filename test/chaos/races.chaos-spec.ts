import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DesiredState, type InstanceStatus, transitions } from '@saasodoo/instances/domain';
import type { HttpAnswer } from '../../infrastructure/scripts/stack/http.ts';
import { ControlSession } from '../support/control-session';
import { Customer, freshName, type InstanceView, problemOf } from '../support/customer';
import { leftoversOf, NOTHING, ONE_OF_EACH } from '../support/leftovers';
import { LiveContainers } from '../support/live-containers';
import {
  isAllowed,
  type Race,
  type RacedCommand,
  racesOf,
  type Shot,
  type Wanted,
  wantedAfter,
} from '../support/races';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { containerOfInstance, containersOf, limitsOf, replicasOf } from '../support/tasks';
import { TransitionRecord } from '../support/transition-record';

const site = testSite();
const edge = edgeOf(site);
const MIB = 1024 ** 2;

const RACES = Number(process.env['SAASODOO_RACES'] ?? 200);
/** Instances that are raced side by side. */
const LANES = 14;
const SEED = Number(process.env['SAASODOO_RACE_SEED'] ?? randomInt(2 ** 31));

jest.setTimeout(900_000);

/** What became of one shot. */
interface Answered {
  readonly command: RacedCommand;
  readonly wish: { readonly memory_limit: string };
  readonly answer: HttpAnswer;
  readonly operationId: string | undefined;
}

/** An operation as PostgreSQL has it; by position is the order in which they were accepted. */
interface Accepted {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly error: string;
}

describe(`${RACES} races of stop, start, suspend, resume, restart, scale and terminate (seed ${SEED})`, () => {
  /** Each lane has a customer of its own, by instance: what one customer may have is limited. */
  const owners = new Map<string, Customer>();
  let admin: Customer;
  let live: LiveContainers;
  let session: ControlSession;
  let record: TransitionRecord;

  beforeAll(async () => {
    live = LiveContainers.follow();
    admin = await Customer.admin(site);
    session = await ControlSession.open(site);
    record = await TransitionRecord.open(session);
  });

  afterAll(async () => {
    live.close();
    await record.close();
    session.close();
  });

  async function newInstance(owner: Customer): Promise<InstanceView> {
    const limits = { cpu_limit: 0.2, memory_limit: '128M' };
    const wish = { database_name: freshName('race'), odoo_version: site.lightVersion, ...limits };
    const instance = await owner.runningInstance(wish);
    owners.set(instance.id, owner);
    return instance;
  }

  function ownerOf(id: string): Customer {
    return owners.get(id)!;
  }

  async function fire(id: string, { command, memory }: Shot): Promise<Answered> {
    const answer = await send(id, command, memory);
    const { operation } = JSON.parse(answer.body) as Partial<InstanceView>;
    return {
      command,
      wish: { memory_limit: memory },
      answer,
      operationId: answer.status === 202 ? operation?.id : undefined,
    };
  }

  function send(id: string, command: RacedCommand, memory: string): Promise<HttpAnswer> {
    const path = `/instance/instances/${id}`;
    switch (command) {
      case 'terminate':
        return ownerOf(id).call(path, { method: 'DELETE' });
      case 'scale':
        return ownerOf(id).call(path, { method: 'PATCH', json: { memory_limit: memory } });
      case 'suspend':
      case 'resume':
        return admin.request(id, command);
      default:
        return ownerOf(id).request(id, command);
    }
  }

  async function run(id: string, race: Race): Promise<Answered[]> {
    const clients = race.map(async (shots) => {
      const answers: Answered[] = [];
      for (const shot of shots) {
        await sleep(shot.afterMs);
        answers.push(await fire(id, shot));
      }
      return answers;
    });
    return (await Promise.all(clients)).flat();
  }

  async function operationsOf(id: string): Promise<Accepted[]> {
    const rows = await session.ask(
      `SELECT concat_ws(' ', id, kind, status, coalesce(error ->> 'code', '-')) FROM operation
        WHERE instance_id = '${id}' ORDER BY position`,
    );
    return rows.map((row) => {
      const [operationId = '', kind = '', status = '', error = ''] = row.split(' ');
      return { id: operationId, kind, status, error };
    });
  }

  /** Every status that a client sees until `over`; a client sees less than was stored. */
  async function statusesSeen(id: string, over: Promise<unknown>): Promise<Set<string>> {
    const seen = new Set<string>();
    let isOver = false;
    const end = over.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      seen.add((await ownerOf(id).instance(id)).status);
      await Promise.race([end, sleep(300)]);
    }
    await end;
    return seen;
  }

  /** Runs one race to its end and judges it; answers the instance, or `undefined` when the race ended it. */
  async function hold(instance: InstanceView, race: Race): Promise<InstanceView | undefined> {
    const { id } = instance;
    const customer = ownerOf(id);
    const before = await customer.instance(id);
    const wantedBefore = await wantedOf(id);
    const known = (await operationsOf(id)).length;
    const played = run(id, race).then(async (answers) => {
      const opened = answers.flatMap(({ operationId }) => operationId ?? []);
      await Promise.all(opened.map((operationId) => customer.settled(operationId, 240_000)));
      return answers;
    });
    const [answers, seen] = await Promise.all([played, statusesSeen(id, played)]);
    const accepted = (await operationsOf(id)).slice(known);
    const wanted = wantedAfter(wantedBefore, accepted.map(commandOf));
    expectRules(wanted, answers, accepted);
    expectSettled(accepted);
    await expectLegal(id, seen);
    const after = await customer.instance(id);
    expect(after.desired_state).toBe(wanted.at(-1)?.desiredState);
    expectShape(before, after, { answers, accepted });
    await expectAsWanted(after);
    return after.status === 'terminated' ? undefined : after;
  }

  async function wantedOf(id: string): Promise<Wanted> {
    const [row = ''] = await session.ask(
      `SELECT concat_ws(' ', desired_state, resume_to) FROM instance WHERE id = '${id}'`,
    );
    const [desiredState, resumeTo] = row.split(' ') as [DesiredState, Wanted['resumeTo']];
    return { desiredState, ...(resumeTo === undefined ? {} : { resumeTo }) };
  }

  /** Accepted was what the rules allowed when its turn came, and what was refused they refused at some moment. */
  function expectRules(
    wanted: readonly Wanted[],
    answers: readonly Answered[],
    accepted: readonly Accepted[],
  ): void {
    const broken = accepted.filter((operation, index) => !isAllowed(commandOf(operation), wanted[index]!));
    expect(broken).toEqual([]);
    const answered = new Set(answers.flatMap(({ operationId }) => operationId ?? []));
    expect(new Set(accepted.map(({ id }) => id))).toEqual(answered);
    for (const { command, answer } of answers.filter((one) => one.operationId === undefined)) {
      expect({ command, status: answer.status, body: answer.body }).toMatchObject({ status: 409 });
      expect(problemOf(answer).code).toMatch(/^instance\./);
      expect(wanted.some((state) => !isAllowed(command, state))).toBe(true);
    }
  }

  /** The last one was carried out, the others were carried out or gave way to a later one. */
  function expectSettled(accepted: readonly Accepted[]): void {
    expect(accepted.filter(({ status }) => status !== 'succeeded' && status !== 'cancelled')).toEqual([]);
    const last = accepted.at(-1);
    if (last !== undefined) expect(last).toMatchObject({ status: 'succeeded' });
  }

  async function expectLegal(id: string, seen: ReadonlySet<string>): Promise<void> {
    const stored = await record.of(id);
    const illegal = stored.filter(({ from, to }) => {
      return !(transitions[from as InstanceStatus] as readonly string[]).includes(to);
    });
    expect(illegal).toEqual([]);
    const every = new Set(stored.flatMap(({ from, to }) => [from, to]));
    expect([...seen].filter((status) => !every.has(status))).toEqual([]);
    expect([...every]).not.toContain('error');
  }

  /** The memory that was asked for last is what the instance has. */
  function expectShape(
    before: InstanceView,
    after: InstanceView,
    { answers, accepted }: { readonly answers: readonly Answered[]; readonly accepted: readonly Accepted[] },
  ): void {
    const last = accepted.findLast(({ kind }) => kind === 'scale' || kind === 'reconfigure');
    const asked =
      last === undefined ? before : answers.find(({ operationId }) => operationId === last.id)!.wish;
    expect(after.memory_limit).toBe(asked.memory_limit);
  }

  /** Status, service, containers and secrets agree with what is wanted, and never were there two containers at once. */
  async function expectAsWanted(instance: InstanceView): Promise<void> {
    const { id, desired_state: wanted, service_name: name } = instance;
    expect(instance).toMatchObject({ status: wanted });
    expect(await leftoversOf(site, instance)).toEqual(wanted === 'terminated' ? NOTHING : ONE_OF_EACH);
    if (wanted === 'running') {
      await expectServed(ownerOf(id), instance);
      expect(`${(await limitsOf(name)).memoryBytes / MIB}M`).toBe(instance.memory_limit);
    } else {
      expect((await containersOf(id)).filter(({ running }) => running)).toEqual([]);
      if (wanted !== 'terminated') expect(await replicasOf(name)).toBe('0/0');
    }
    expect(live.startsOf(id)).toBeGreaterThan(0);
    expect(live.overlapsOf(id)).toEqual([]);
  }

  test('no illegal status, the last accepted command wins, and two Odoos never run at once', async () => {
    const races = racesOf(SEED, RACES).map((race, index) => ({ race, index }));
    const failures: string[] = [];
    const lane = async (): Promise<void> => {
      const owner = await Customer.register(edge);
      let instance: InstanceView | undefined;
      for (let next = races.shift(); next !== undefined; next = races.shift()) {
        const raced: InstanceView = instance ?? (await newInstance(owner));
        instance = await hold(raced, next.race).catch((error: unknown) => {
          failures.push(`race ${next?.index} of instance ${raced.id}: ${String(error)}`);
          // What went wrong may go on going wrong: the next race gets an instance that is well.
          return undefined;
        });
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(failures).toEqual([]);
  });

  test('changes of shape that fit no node, all asked for at once, leave the instance as it was', async () => {
    const customer = await Customer.register(edge);
    const instance = await newInstance(customer);
    const before = await containerOfInstance(instance.id);
    const asked = ['1T', '900G', '800G'].map((memory_limit) =>
      customer.change(instance.id, { memory_limit }),
    );
    for (const { id } of await Promise.all(asked)) {
      const operation = await customer.settled(id);
      expect(operation).toMatchObject({ status: 'failed', error: { code: 'swarm.no_suitable_node' } });
    }
    expect(await customer.instance(instance.id)).toMatchObject({ memory_limit: '128M' });
    await expectAsWanted(await customer.instance(instance.id));
    expect((await containerOfInstance(instance.id)).taskId).toBe(before.taskId);
  });
});

/** Asking for the limits that are there already is no scaling, but follows the same rules. */
function commandOf({ kind }: Accepted): RacedCommand {
  return kind === 'reconfigure' ? 'scale' : (kind as RacedCommand);
}
