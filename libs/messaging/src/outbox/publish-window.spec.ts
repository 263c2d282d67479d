import { PublishWindow } from './publish-window';

describe('PublishWindow', () => {
  it('lets no more than its size through at once, in order, also after failures', async () => {
    const window = new PublishWindow(2);
    const begun: number[] = [];
    const ends: ((error?: Error) => void)[] = [];
    const results = [1, 2, 3, 4].map((number) =>
      window.through(
        () =>
          new Promise<void>((resolve, reject) => {
            begun.push(number);
            ends.push((error) => (error === undefined ? resolve() : reject(error)));
          }),
      ),
    );
    expect(begun).toEqual([1, 2]);
    ends[0]?.(new Error('refused'));
    await expect(results[0]).rejects.toThrow('refused');
    expect(begun).toEqual([1, 2, 3]);
    ends[1]?.();
    await results[1];
    expect(begun).toEqual([1, 2, 3, 4]);
    ends[2]?.();
    ends[3]?.();
    await Promise.all(results.slice(1));
  });
});
