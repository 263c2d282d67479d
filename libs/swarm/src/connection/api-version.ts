import { AppError } from '@saasodoo/kernel';
import { type EngineCapabilities } from './engine-capabilities';

/** The first version with capabilities, process limits and jobs for services (engine 20.10). */
const OLDEST = '1.41';
/** The newest one this library was read against; later engines still speak it. */
const NEWEST = '1.51';

/** Negative when `a` is older than `b`: versions are pairs of numbers, so 1.9 < 1.41. */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}

/**
 * The version to speak with an engine that offers `engineMin` to `engineMax`. Throws `swarm.engine_too_old` and
 * `swarm.engine_too_new`.
 */
export function negotiateVersion(engineMin: string, engineMax: string): string {
  if (compareVersions(engineMax, OLDEST) < 0) {
    throw AppError.terminal(
      'swarm.engine_too_old',
      `the engine speaks API ${engineMax}, ${OLDEST} is needed`,
      {
        hint: 'Upgrade Docker to 20.10 or later.',
        facts: { engineMax, needed: OLDEST },
      },
    );
  }
  if (compareVersions(engineMin, NEWEST) > 0) {
    throw AppError.terminal('swarm.engine_too_new', `the engine speaks API ${engineMin} and later only`, {
      hint: `Upgrade this platform, or lower the engine's min-api-version to ${NEWEST}.`,
      facts: { engineMin, spoken: NEWEST },
    });
  }
  return compareVersions(engineMax, NEWEST) < 0 ? engineMax : NEWEST;
}

export function capabilitiesOf(apiVersion: string): EngineCapabilities {
  const since = (version: string): boolean => compareVersions(apiVersion, version) >= 0;
  return {
    apiVersion,
    startInterval: since('1.44'),
    noNewPrivileges: since('1.44'),
    replicatedJobsSafe: since('1.43'),
  };
}
