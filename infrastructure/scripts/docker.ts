import { run, tryRun } from './process.ts';
import type { RunOptions, RunResult } from './process.ts';

/** Runs `docker …`, which must succeed. DOCKER_HOST and the current context are honoured by the client itself. */
export function docker(args: readonly string[], options: RunOptions = {}): Promise<string> {
  return run('docker', args, options);
}

export function tryDocker(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return tryRun('docker', args, options);
}

/** `docker … --format '{{json .}}'`, parsed. The caller names the shape it reads and checks what it depends on. */
export async function dockerJson<T>(args: readonly string[]): Promise<T> {
  return JSON.parse(await docker(args)) as T;
}

export interface EngineInfo {
  readonly ServerVersion: string;
  readonly OperatingSystem: string;
  readonly Driver: string;
  readonly CgroupVersion?: string;
  readonly HttpsProxy?: string;
  readonly RegistryConfig?: { readonly Mirrors?: readonly string[] | null };
}

/** The engine's description, or undefined when none answers (a client alone is not an engine). */
export async function engineInfo(timeoutMs = 10_000): Promise<EngineInfo | undefined> {
  const result = await tryDocker(['info', '--format', '{{json .}}'], { timeoutMs });
  // The client prints what it knows of itself with exit code 0 even when no server answered.
  if (result.code !== 0 || result.stdout.trim() === '') return undefined;
  const info = JSON.parse(result.stdout) as Partial<EngineInfo>;
  return info.ServerVersion ? (info as EngineInfo) : undefined;
}

interface ImageInspection {
  readonly Id: string;
  readonly RepoDigests?: readonly string[] | null;
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null };
}

export interface LocalImage {
  readonly id: string;
  readonly digest: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

export async function localImage(name: string): Promise<LocalImage | undefined> {
  const result = await tryDocker(['image', 'inspect', name]);
  if (result.code !== 0) return undefined;
  const [image] = JSON.parse(result.stdout) as ImageInspection[];
  if (!image) return undefined;
  return { id: image.Id, digest: image.RepoDigests?.[0] ?? null, labels: image.Config?.Labels ?? {} };
}
