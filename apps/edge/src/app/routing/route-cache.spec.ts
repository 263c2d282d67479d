import type { InstanceRoute } from '@saasodoo/instances/data-access';
import type { Clock } from '@saasodoo/kernel';
import { RouteCache } from './route-cache';

const running: InstanceRoute = {
  instanceId: '0197a000-0000-7000-8000-000000000001',
  name: 'Acme',
  status: 'running',
  desiredState: 'running',
  billingStatus: 'paid',
  serviceName: 'odoo-acme-0197a000',
  suspensionMessage: null,
  internalUrl: 'http://odoo-acme-0197a000:8069',
};

/** Time that moves when it is told to. */
class HeldClock implements Clock {
  private nowMs = 1_000_000;
  private readonly sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];

  now(): Date {
    return new Date(this.nowMs);
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => this.sleepers.push({ untilMs: this.nowMs + milliseconds, wake }));
  }

  advance(milliseconds: number): void {
    this.nowMs += milliseconds;
    for (const { untilMs, wake } of this.sleepers) if (untilMs <= this.nowMs) wake();
  }
}

describe('RouteCache', () => {
  let clock: HeldClock;
  let asked: string[];
  let failures: unknown[];
  let answer: () => Promise<InstanceRoute | undefined>;
  let cache: RouteCache;

  beforeEach(() => {
    clock = new HeldClock();
    asked = [];
    failures = [];
    answer = () => Promise.resolve(running);
    const source = {
      findRoute: (name: string) => {
        asked.push(name);
        return answer();
      },
    };
    cache = new RouteCache(source, (error) => failures.push(error), clock);
  });

  it('remembers a running instance for a second', async () => {
    await cache.findRoute('acme');
    clock.advance(999);
    await expect(cache.findRoute('acme')).resolves.toBe(running);
    expect(asked).toHaveLength(1);
    clock.advance(1);
    await cache.findRoute('acme');
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['what does not exist', undefined],
    ['what is not running yet', { ...running, status: 'creating' as const }],
  ])('asks again soon for %s', async (_what, first) => {
    answer = () => Promise.resolve(first);
    await expect(cache.findRoute('acme')).resolves.toBe(first);
    answer = () => Promise.resolve(running);
    clock.advance(49);
    await expect(cache.findRoute('acme')).resolves.toBe(first);
    clock.advance(1);
    await expect(cache.findRoute('acme')).resolves.toBe(running);
  });

  it('asks once for many who wait', async () => {
    await Promise.all(Array.from({ length: 50 }, () => cache.findRoute('acme')));
    expect(asked).toEqual(['acme']);
  });

  it('serves the last known route while the source fails, tells of it, and tries again later', async () => {
    await cache.findRoute('acme');
    clock.advance(5_000);
    answer = () => Promise.reject(new Error('PostgreSQL is away'));
    await expect(cache.findRoute('acme')).resolves.toBe(running);
    await expect(cache.findRoute('acme')).resolves.toBe(running);
    expect(asked).toHaveLength(2);
    expect(failures).toEqual([new Error('PostgreSQL is away')]);
    clock.advance(1_000);
    answer = () => Promise.resolve({ ...running, status: 'stopped' });
    await expect(cache.findRoute('acme')).resolves.toMatchObject({ status: 'stopped' });
  });

  it('does not wait for a source that hangs when it has an earlier answer', async () => {
    await cache.findRoute('acme');
    clock.advance(5_000);
    answer = () => new Promise(() => undefined);
    const found = cache.findRoute('acme');
    clock.advance(500);
    await expect(found).resolves.toBe(running);
    expect(failures).toHaveLength(1);
  });

  it('has nothing to say of a host it never knew while the source fails', async () => {
    answer = () => Promise.reject(new Error('PostgreSQL is away'));
    await expect(cache.findRoute('acme')).rejects.toThrow('PostgreSQL is away');
    expect(failures).toHaveLength(1);
    answer = () => Promise.resolve(running);
    await expect(cache.findRoute('acme')).resolves.toBe(running);
  });

  it('keeps what exists through a scan over invented names', async () => {
    await cache.findRoute('acme');
    answer = () => Promise.resolve(undefined);
    for (let index = 0; index < 30_000; index += 1) await cache.findRoute(`scan-${index}`);
    const before = asked.length;
    await expect(cache.findRoute('acme')).resolves.toBe(running);
    expect(asked).toHaveLength(before);
  });
});
