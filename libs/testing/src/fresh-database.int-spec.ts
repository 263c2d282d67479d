import { freshDatabase } from './fresh-database';

describe('freshDatabase', () => {
  it('answers an empty, migrated database of its own', async () => {
    const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
    try {
      expect(one.url).not.toBe(other.url);
      expect(await one.dataSource.query('SELECT count(*)::int AS rows FROM outbox')).toEqual([{ rows: 0 }]);
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  });
});
