import { ensureEngine } from './engine.ts';
import { runAsScript } from './errors.ts';
import { ensureImages } from './images.ts';
import { say, step } from './progress.ts';
import { inTestSite } from './testing/site.ts';
import { runTier, type Tally, TIERS } from './testing/tiers.ts';
import { ensureNetworks, ensureSwarm } from './swarm.ts';
import { siteSettings } from './stack/settings.ts';

function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce((a, b) => ({
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  }));
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
  const tiers = names.length === 0 ? TIERS : TIERS.filter((tier) => names.includes(tier));
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
  const onSite = tiers.filter((name) => name !== 'unit' && name !== 'integration');
  if (onSite.length > 0) {
    await inTestSite(async (environment) => {
      for (const tier of onSite) tallies.push(await runTier(tier, jestArguments, environment));
    });
  }
  const total = sum(tallies);
  await step('All tests', async (note) => note(`${total.passed + total.failed} ran`));
  say(
    `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
  );
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

await runAsScript(test);
