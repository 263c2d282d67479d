import { type Announce, inTestSite, TEST_SITES } from './site.ts';
import { listSuites, runSuite, type Suite, type Tally, type Tier } from './tiers.ts';

/**
 * Runs the suites of `tiers` on two sites beside each other, each site taking the next suite when it is through with one:
 * most of their time they wait. A suite alone runs on the first site, and needs no second one.
 */
export async function runOnSites(
  tiers: readonly Tier[],
  args: readonly string[],
  first: Announce,
): Promise<Tally[]> {
  const end = [...args, '-'].findIndex((argument) => argument.startsWith('-'));
  const [patterns, options] = [args.slice(0, end), args.slice(end)];
  const waiting = await listSuites(tiers, patterns);
  const lane = (announced: Announce): Promise<Tally[]> => takeTurns(waiting, options, announced);
  if (waiting.length < 2) return lane(first);
  const tallies: Tally[] = [];
  const second = inTestSite(TEST_SITES.second, async (announced) => {
    tallies.push(...(await lane(announced)));
  });
  // Both come to their end even when one breaks: the site that goes on must not be taken away from its tests.
  const [own, other] = await Promise.allSettled([lane(first), second]);
  if (own.status === 'rejected') throw own.reason;
  if (other.status === 'rejected') throw other.reason;
  return [...own.value, ...tallies];
}

async function takeTurns(
  waiting: Suite[],
  options: readonly string[],
  announced: Announce,
): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (let suite = waiting.shift(); suite !== undefined; suite = waiting.shift()) {
    tallies.push(await runSuite(suite, options, await announced()));
  }
  return tallies;
}
