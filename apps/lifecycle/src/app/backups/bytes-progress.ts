import { formatSize } from '@saasodoo/kernel';
import { stat } from 'node:fs/promises';

const EVERY_MS = 2_000;

/** Says now and then how far `work` is; `bytesSoFar` is asked for it. */
export async function withBytesProgress<T>(
  context: { progress(text: string): Promise<void> },
  { what, bytesSoFar }: { readonly what: string; readonly bytesSoFar: () => Promise<number> },
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => {
    // Not there yet, or just renamed: the next look will tell.
    void bytesSoFar().then(
      (bytes) => context.progress(`${what}: ${roundedSize(bytes)}`),
      () => undefined,
    );
  }, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

export async function sizeOfFile(path: string): Promise<number> {
  return (await stat(path)).size;
}

/** Megabytes say enough. */
function roundedSize(bytes: number): string {
  return bytes < 1024 ** 2 ? `${bytes} bytes` : formatSize(Math.round(bytes / 1024 ** 2) * 1024 ** 2);
}
