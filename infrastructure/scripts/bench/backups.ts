import { waitForLoginPage } from '../demo/odoo.ts';
import { ensureEngine } from '../engine.ts';
import { say, step } from '../progress.ts';
import { ensureSwarm } from '../swarm.ts';
import { inTestSite, TEST_SITES } from '../testing/site.ts';
import { BareTools } from './bare-tools.ts';
import { type BenchInstance, type BenchOperation, type BenchSite, Operator } from './operator.ts';
import { median, table } from './report.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? '5');
const ROWS = Number(process.env['BENCH_ROWS'] ?? '4000000');
const FILES = Number(process.env['BENCH_FILES'] ?? '500');
const MEBIBYTE = 1024 ** 2;

/** Milliseconds by what was done. */
type Times = Map<string, number[]>;

function add(times: Times, what: string, ms: number): void {
  times.set(what, [...(times.get(what) ?? []), ms]);
}

function between(from: string | null, to: string | null): number {
  return from === null || to === null ? NaN : Date.parse(to) - Date.parse(from);
}

function addSteps(times: Times, { created_at, ended_at, steps }: BenchOperation): void {
  for (const { name, started_at, ended_at: end } of steps) add(times, name, between(started_at, end));
  add(times, 'whole', between(created_at, ended_at));
}

/** What is asked of the platform, until its operation has succeeded. */
class Backups {
  private readonly operator: Operator;
  private readonly instance: BenchInstance;

  constructor(operator: Operator, instance: BenchInstance) {
    this.operator = operator;
    this.instance = instance;
  }

  async take(times: Times): Promise<string> {
    const path = `/instance/instances/${this.instance.id}/backups`;
    const { backup, operation } = await this.operator.call<{
      backup: { id: string };
      operation: { id: string };
    }>('POST', path);
    addSteps(times, await this.operator.settled(operation.id));
    return backup.id;
  }

  /** Until the login page comes again. */
  async restore(times: Times, backupId: string, safetyBackup: boolean): Promise<void> {
    const startedAt = performance.now();
    const { operation } = await this.operator.call<{ operation: { id: string } }>(
      'POST',
      `/instance/backups/${backupId}/restore`,
      { safety_backup: safetyBackup },
    );
    addSteps(times, await this.operator.settled(operation.id));
    await waitForLoginPage(this.operator.edge, this.instance.database_name);
    add(times, 'until served', performance.now() - startedAt);
  }
}

interface Large {
  readonly hand: Times;
  readonly backup: Times;
  readonly restore: Times;
}

async function measureLarge(site: BenchSite, operator: Operator): Promise<Large> {
  const instance = await step('Create an instance', () => operator.create(site.odooVersion));
  const tools = await BareTools.of(site, instance);
  await step('Fill it', () => tools.fill(ROWS, FILES));
  const { database, files } = await tools.sizes();
  say(
    `database ${Math.round(database / MEBIBYTE)} MiB (${ROWS} rows more than an empty Odoo has), files ${Math.round(files / MEBIBYTE)} MiB`,
  );
  const backups = new Backups(operator, instance);
  const times: Large = { hand: new Map(), backup: new Map(), restore: new Map() };
  for (let round = 1; round <= ROUNDS; round += 1) {
    await step(`Round ${round} of ${ROUNDS}`, async () => {
      add(times.hand, 'dump-database', await tools.dump());
      add(times.hand, 'archive-files', await tools.archive());
      const backup = await backups.take(times.backup);
      add(times.hand, 'restore-database', await tools.restoreDatabase());
      add(times.hand, 'restore-files', await tools.unpack());
      await backups.restore(times.restore, backup, false);
      await operator.call('DELETE', `/instance/backups/${backup}`);
    });
  }
  await tools.end();
  return times;
}

interface Small {
  readonly safe: Times;
  readonly bare: Times;
}

async function measureSmall(site: BenchSite, operator: Operator): Promise<Small> {
  const instance = await step('Create a small instance', () => operator.create(site.odooVersion));
  const backups = new Backups(operator, instance);
  const times: Small = { safe: new Map(), bare: new Map() };
  const backup = await backups.take(new Map());
  for (let round = 1; round <= ROUNDS; round += 1) {
    await step(`Small, round ${round} of ${ROUNDS}`, async () => {
      await backups.restore(times.safe, backup, true);
      await backups.restore(times.bare, backup, false);
    });
  }
  return times;
}

function of(times: Times, ...names: readonly string[]): number {
  return names.reduce((sum, name) => sum + median(times.get(name) ?? [NaN]), 0);
}

function reportLarge({ hand, backup, restore }: Large): void {
  const row = (name: string, byHand: number, platform: number) => [name, byHand, platform, byHand / platform];
  const copied = ['dump-database', 'archive-files'] as const;
  const restored = ['restore-database', 'restore-files'] as const;
  say('');
  say(
    table([
      ['', 'by hand (ms)', 'platform (ms)', 'throughput, × by hand'],
      ...copied.map((name) => row(name, of(hand, name), of(backup, name))),
      row('both', of(hand, ...copied), of(backup, ...copied)),
      row('the whole backup, verified', of(hand, ...copied), of(backup, 'whole')),
      ...restored.map((name) => row(name, of(hand, name), of(restore, name))),
      row('both', of(hand, ...restored), of(restore, ...restored)),
      row('the whole restoration, served again', of(hand, ...restored), of(restore, 'until served')),
    ]),
  );
  say('');
  say(stepTable({ backup, restoration: restore }));
}

/** Medians of all steps. */
function stepTable(columns: Readonly<Record<string, Times>>): string {
  const names = new Set(Object.values(columns).flatMap((times) => [...times.keys()]));
  const rows = [...names].map((name) => [
    name,
    ...Object.values(columns).map((times) => (times.has(name) ? of(times, name) : '')),
  ]);
  return table([['step', ...Object.keys(columns).map((name) => `${name} (ms)`)], ...rows]);
}

/** Backups and restorations of a real Odoo against PostgreSQL's programs, tar and zstd by hand, alternating. */
export async function benchBackups(): Promise<void> {
  await ensureEngine();
  await ensureSwarm();
  await inTestSite(TEST_SITES.first, async (announced) => {
    const { SAASODOO_TEST_SITE: text = '' } = await announced();
    const site = JSON.parse(text) as BenchSite;
    const operator = await Operator.logIn(site);
    const { safe, bare } = await measureSmall(site, operator);
    say(stepTable({ 'small, with safety backup': safe, 'small, without': bare }));
    reportLarge(await measureLarge(site, operator));
  });
}
