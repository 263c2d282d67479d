import { ConcurrencyLimit } from './concurrency-limit';

describe('ConcurrencyLimit', () => {
  it('runs so many at once, keeps so many waiting, and refuses the rest', async () => {
    const limit = new ConcurrencyLimit({ running: 2, waiting: 1 });
    const started: string[] = [];
    const release = new Map<string, () => void>();
    const start = (name: string) =>
      limit.run(() => {
        started.push(name);
        return new Promise<void>((resolve) => release.set(name, resolve));
      });
    const [first, second, third] = [
      start('a'),
      start('b'),
      limit.run(() => Promise.resolve(started.push('c'))),
    ];
    await expect(start('d')).rejects.toMatchObject({ code: 'server.busy', httpStatus: 503 });
    expect(started).toEqual(['a', 'b']);
    release.get('a')?.();
    await first;
    release.get('b')?.();
    await Promise.all([second, third]);
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('gives the place back when work fails', async () => {
    const limit = new ConcurrencyLimit({ running: 1, waiting: 0 });
    await expect(limit.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(limit.run(() => Promise.resolve('yes'))).resolves.toBe('yes');
  });
});
