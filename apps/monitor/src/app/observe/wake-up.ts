/** Lets a loop sleep until a time has passed or somebody pokes it; pokes that come close together wake it once. */
export class WakeUp {
  private poked = false;
  private onPoke: (() => void) | undefined;

  constructor(private readonly settleMs: number) {}

  poke(): void {
    this.poked = true;
    this.onPoke?.();
  }

  /** Resolves early when `signal` aborts. A poke from before counts. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.poked) await this.sleep(milliseconds, signal, true);
    if (this.poked) await this.sleep(this.settleMs, signal, false);
    this.poked = false;
  }

  private async sleep(milliseconds: number, signal: AbortSignal, wakeable: boolean): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.onPoke = undefined;
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener('abort', end, { once: true });
      if (wakeable) this.onPoke = end;
    });
  }
}
