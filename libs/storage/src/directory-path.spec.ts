import fc from 'fast-check';
import { directoryPath } from './directory-path';

describe('directoryPath', () => {
  test('answers a path below the root', () => {
    expect(directoryPath('/srv', 'odoo_data_mine_0197f3c2')).toBe(
      '/srv/odoo_instances/odoo_data_mine_0197f3c2',
    );
  });

  test.each(['', '..', '../etc', 'a/b', '/etc', '.hidden', 'a\0b', 'UPPER', '-x'])('refuses %j', (name) => {
    expect(() => directoryPath('/srv', name)).toThrow(
      expect.objectContaining({ code: 'storage.name_malformed' }),
    );
  });

  test('whatever the name, the path stays one level below the root or is refused', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        let path: string;
        try {
          path = directoryPath('/srv', name);
        } catch {
          return;
        }
        expect(path).toBe(`/srv/odoo_instances/${name}`);
        expect(name).not.toMatch(/[/.]/);
      }),
    );
  });
});
