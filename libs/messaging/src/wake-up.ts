/** Lets a loop sleep until somebody pokes it, a time has passed or a signal aborts. A poke while awake is kept. */
export class WakeUp {
  private poked = false;
  private wake: (() => void) | undefined;

  poke(): void {
    this.poked = true;
    this.wake?.();
  }

  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.poked && !signal.aborted) await this.sleep(milliseconds, signal);
    this.poked = false;
  }

  private async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const awake = new AbortController();
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      const timer = setTimeout(resolve, milliseconds);
      awake.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
      signal.addEventListener('abort', () => resolve(), { once: true, signal: awake.signal });
    });
    this.wake = undefined;
    awake.abort();
  }
}
