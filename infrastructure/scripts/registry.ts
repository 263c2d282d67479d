import { engineInfo, localImage, tryDocker } from './docker.ts';
import type { Note } from './progress.ts';

const PROBE_TIMEOUT_MS = 20_000;
const PULL_TIMEOUT_MS = 15 * 60_000;

let probe: Promise<boolean> | undefined;

async function askRegistry(image: string): Promise<boolean> {
  if (process.env['SAASODOO_OFFLINE'] === '1') return false;
  const { code } = await tryDocker(['manifest', 'inspect', image], { timeoutMs: PROBE_TIMEOUT_MS });
  if (code === 0) return true;
  // The question above goes from the client; an engine with a mirror or a proxy of its own may get through all the same.
  const info = await engineInfo();
  return Boolean(info?.HttpsProxy) || (info?.RegistryConfig?.Mirrors ?? []).length > 0;
}

/** Whether pulling is worth a try. Asked once a run and bounded in time: a site without a registry must not wait. */
export function registryAnswers(image: string): Promise<boolean> {
  probe ??= askRegistry(image);
  return probe;
}

/** Pulls the image when a registry answers; false when it could not be had. */
export async function pull(image: string, note: Note): Promise<boolean> {
  if (!(await registryAnswers(image))) return false;
  note(`pulling ${image}`);
  const { code } = await tryDocker(['pull', '--quiet', image], { timeoutMs: PULL_TIMEOUT_MS });
  return code === 0 && (await localImage(image)) !== undefined;
}
