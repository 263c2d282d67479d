import { instanceLabels } from './instance-labels';
import {
  databaseRoleName,
  externalUrl,
  finalDumpName,
  internalUrl,
  serviceName,
  storageDirectoryName,
} from './instance-names';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('names of an instance', () => {
  it('carry the database name and the first eight hex digits of the id', () => {
    expect(serviceName('shop', id)).toBe('odoo-shop-01890a5d');
    expect(storageDirectoryName('shop', id)).toBe('odoo_data_shop_01890a5d');
  });

  it('tell what is left of two apart whose databases had one name', () => {
    expect(finalDumpName('shop', id)).toBe('shop_01890a5dac96774bbcceb302099a8057');
  });

  it('give the role the whole id, within the 63 characters of PostgreSQL', () => {
    expect(databaseRoleName(id)).toBe('odoo_01890a5dac96774bbcceb302099a8057');
    expect(databaseRoleName(id).length).toBeLessThanOrEqual(63);
  });

  it.each([
    [{ scheme: 'http', baseDomain: 'example.com' }, 'http://shop.example.com'],
    [{ scheme: 'http', baseDomain: 'example.com', port: 80 }, 'http://shop.example.com'],
    [{ scheme: 'https', baseDomain: 'example.com', port: 443 }, 'https://shop.example.com'],
    [{ scheme: 'https', baseDomain: 'localhost', port: 8080 }, 'https://shop.localhost:8080'],
  ] as const)('make the external URL of %j', (address, url) => {
    expect(externalUrl('shop', address)).toBe(url);
  });

  it('make the internal URL', () => {
    expect(internalUrl('odoo-shop-01890a5d')).toBe('http://odoo-shop-01890a5d:8069');
  });
});

describe('instanceLabels', () => {
  it('names owner, instance and generation', () => {
    expect(instanceLabels({ id, name: 'My shop', customerId: 'c-1', generation: 3 })).toEqual({
      'saasodoo.managed': 'true',
      'saasodoo.instance.id': id,
      'saasodoo.instance.name': 'My shop',
      'saasodoo.customer.id': 'c-1',
      'saasodoo.generation': '3',
    });
  });

  it('keeps label values printable and short', () => {
    const labels = instanceLabels({ id, name: `Käse\n${'x'.repeat(200)}`, customerId: 'c-1', generation: 1 });
    expect(labels['saasodoo.instance.name']).toMatch(/^K_se_x{123}$/);
  });
});
