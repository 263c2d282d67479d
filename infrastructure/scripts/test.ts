import { ensureEngine } from './engine.ts';
import { runAsScript } from './errors.ts';
import { ensureImages } from './images.ts';
import { say, step } from './progress.ts';
import { runOnSites } from './testing/lanes.ts';
import { inCephSite, inTestSite, TEST_SITES } from './testing/site.ts';
import { runTier, type Tally, type Tier, TIERS } from './testing/tiers.ts';
import { ensureNetworks, ensureSwarm } from './swarm.ts';
import { siteSettings } from './stack/settings.ts';

function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce((a, b) => ({
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  }));
}

/** Not found out in silence: whoever depends on it sees that it was not run, and CI fails. */
function withoutCeph(reason: string): Tally {
  say(`\n!!! SKIPPED: the platform on CephFS, because there is none: ${reason}\n`);
  return { passed: 0, failed: process.env['CI'] === 'true' ? 1 : 0, skipped: 1 };
}

/** On a site and a Ceph of their own, after all others: nothing that hangs on a mount can be in their way. */
async function runOnCeph(jestArguments: readonly string[]): Promise<Tally> {
  const tallies: Tally[] = [];
  const reason = await inCephSite(async (announced) => {
    tallies.push(await runTier('ceph', jestArguments, await announced()));
  });
  return reason === undefined ? sum(tallies) : withoutCeph(reason);
}

/** The engine may be taken away only when nothing else needs it: after the other tiers, with the second site gone. */
async function runDeployed(tiers: readonly Tier[], jestArguments: readonly string[]): Promise<Tally[]> {
  const shared = tiers.filter((name) => name === 'e2e' || name === 'chaos');
  const engine = tiers.filter((name) => name === 'engine');
  const tallies: Tally[] = [];
  if (shared.length + engine.length === 0) return tallies;
  await inTestSite(TEST_SITES.first, async (announced) => {
    tallies.push(...(await runOnSites(shared, jestArguments, announced)));
    for (const tier of engine) tallies.push(await runTier(tier, jestArguments, await announced()));
  });
  return tallies;
}

/** Everything that must pass: pure decisions, each library against the real part, and the whole platform. */
async function test(): Promise<void> {
  // Tiers come first; what follows them goes to Jest, such as a file name or `-t 'part of a test name'`.
  const args = process.argv.slice(2);
  const names = args.slice(
    0,
    [...args, '-'].findIndex((argument) => !TIERS.some((tier) => tier === argument)),
  );
  const jestArguments = args.slice(names.length);
  const tiers: readonly Tier[] = names.length === 0 ? TIERS : TIERS.filter((tier) => names.includes(tier));
  if (tiers.some((tier) => tier !== 'unit')) {
    await ensureEngine();
    await ensureSwarm();
    await ensureNetworks(siteSettings());
    await ensureImages();
  }
  const tallies: Tally[] = [];
  for (const tier of tiers.filter((name) => name === 'unit' || name === 'integration')) {
    tallies.push(await runTier(tier, jestArguments));
  }
  tallies.push(...(await runDeployed(tiers, jestArguments)));
  if (tiers.includes('ceph')) tallies.push(await runOnCeph(jestArguments));
  const total = sum(tallies);
  await step('All tests', async (note) => note(`${total.passed + total.failed} ran`));
  say(
    `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
  );
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

await runAsScript(test);
