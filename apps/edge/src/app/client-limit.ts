/** Counts what each client has under way, so that none takes the place of all. */
export class ClientLimit {
  private readonly open = new Map<string, number>();
  private sum = 0;

  constructor(private readonly perClient: number) {}

  /** Of all clients together. */
  get total(): number {
    return this.sum;
  }

  /** `false` when the client has as much under way as it may; otherwise `leave` must follow once. */
  enter(client: string): boolean {
    const open = this.open.get(client) ?? 0;
    if (open >= this.perClient) return false;
    this.open.set(client, open + 1);
    this.sum += 1;
    return true;
  }

  leave(client: string): void {
    const left = (this.open.get(client) ?? 0) - 1;
    if (left > 0) this.open.set(client, left);
    else this.open.delete(client);
    this.sum -= 1;
  }
}
