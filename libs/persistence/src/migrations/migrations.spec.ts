import { migrations } from '.';

describe('migrations', () => {
  it('run in the order of the list, each once', () => {
    const numbers = migrations.map((Migration) => Number(new Migration().name?.slice(-13)));
    expect(numbers).toEqual(migrations.map((_, index) => index + 1));
  });
});
