/** Lets a fixed number of publishes be unconfirmed at once; the others wait in the order they came. */
export class PublishWindow {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async through<T>(publish: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await publish();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
