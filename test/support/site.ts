import { EdgeClient } from '../../infrastructure/scripts/stack/http.ts';
import { poll } from '../../infrastructure/scripts/process.ts';
import type { StackSettings } from '../../infrastructure/scripts/stack/settings.ts';

const READY_WITHIN_MS = 300_000;

/** The deployment under test, as `npm test` announced it. */
export interface Site extends StackSettings {
  /** The newest Odoo version that can be had here. */
  readonly odooVersion: string;
  /** A version whose server is up at once and fails when asked to: test/support/images/odoo-light. */
  readonly lightVersion: string;
  /** Another such version, whose image updates databases and does not serve them: test/support/images/odoo-light-broken. */
  readonly brokenVersion: string;
  /** Another such version, and the tag of its image, which nothing else uses: a test may take it away for a while. */
  readonly fleetingVersion: string;
  readonly fleetingImage: string;
  readonly platformImage: string;
  readonly secretsFolder: string;
  /** Whether the engine was started by the project's scripts, and may be stopped by a test. */
  readonly ownEngine: boolean;
  /** Whether, beyond that, nothing but this deployment was on its Swarm, which a test may then take away. */
  readonly ownSwarm: boolean;
}

/** Reads the deployment under test from SAASODOO_TEST_SITE. */
export function testSite(): Site {
  const announced = process.env['SAASODOO_TEST_SITE'];
  if (announced === undefined) {
    throw new Error('no platform to test: run `npm test`, or `npm test -- e2e` for these suites alone');
  }
  return JSON.parse(announced) as Site;
}

/** Waits until the API can do its work: after the engine was away, every part of the platform starts anew. */
export async function untilReady(site: Site): Promise<void> {
  const edge = edgeOf(site);
  const ready = await poll(
    async () =>
      (await edge.call('api', '/readyz').catch(() => undefined))?.status === 200 ? true : undefined,
    READY_WITHIN_MS,
    500,
  );
  if (ready === undefined) throw new Error(`the platform was not ready within ${READY_WITHIN_MS} ms`);
}

export function edgeOf(site: Site): EdgeClient {
  return new EdgeClient(site);
}
