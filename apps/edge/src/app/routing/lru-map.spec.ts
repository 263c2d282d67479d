import { LRUMap } from './lru-map';

describe('LRUMap', () => {
  it('forgets the entry that was not touched for longest', () => {
    const map = new LRUMap<number>(2);
    map.set('a', 1);
    map.set('b', 2);
    expect(map.get('a')).toBe(1);
    map.set('c', 3);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
    expect(map.size).toBe(2);
  });
});
