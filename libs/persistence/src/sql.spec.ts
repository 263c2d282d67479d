import { sql } from './sql';

describe('sql', () => {
  it('keeps values out of the text', () => {
    const { text, values } = sql`SELECT ${"'; DROP TABLE instance"}, ${2}`;
    expect(text).toBe('SELECT $1, $2');
    expect(values).toEqual(["'; DROP TABLE instance", 2]);
  });

  it('takes parts in, in order and with their values', () => {
    const condition = sql`id = ${'a'} AND kind = ${'b'}`;
    const { text, values } = sql`SELECT ${0} WHERE ${condition} LIMIT ${9}`;
    expect(text).toBe('SELECT $1 WHERE id = $2 AND kind = $3 LIMIT $4');
    expect(values).toEqual([0, 'a', 'b', 9]);
  });

  it('takes parts that stand side by side, hold no values or hold parts', () => {
    const columns = sql`id, name`;
    const filter = sql`${sql`a = ${1}`}${sql` AND b = ${2}`}`;
    const { text, values } = sql`SELECT ${columns} FROM t WHERE ${filter}`;
    expect(text).toBe('SELECT id, name FROM t WHERE a = $1 AND b = $2');
    expect(values).toEqual([1, 2]);
  });

  it('is the same text for other values', () => {
    const find = (id: string) => sql`SELECT 1 WHERE id = ${id}`;
    expect(find('a').text).toBe(find('b').text);
  });
});
