import { newId } from '@saasodoo/kernel';
import { GatewayConfig } from '../app.config';
import { InvalidRequest } from '../http/invalid-request';
import { parseFields } from '../http/parse-fields';
import { CreateInstanceRequest } from './create-instance.request';
import { OdooVersions } from './odoo-versions';
import { readWish } from './read-wish';

const images = '{"17.0":{"image":"odoo:17.0"},"14.0":{"image":"x"},"18.0":{"image":"odoo:18.0"}}';
const versions = new OdooVersions(Object.assign(new GatewayConfig(), { ODOO_IMAGES: images }));
const context = {
  id: newId(),
  customerId: newId(),
  versions,
  address: { scheme: 'http', baseDomain: 'example.com', port: 8080 },
} as const;
const plan = {
  name: 'Test Instance',
  database_name: 'TestDB',
  admin_email: 'admin@test.com',
  odoo_version: '17',
  instance_type: 'development',
  billing_status: 'trial',
};

const read = (change: object = {}) =>
  readWish(parseFields(CreateInstanceRequest, { ...plan, ...change }), context);
const refusal = (change: object): string[] => {
  try {
    read(change);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    return error.errors.map(({ field, code }) => `${field} ${code}`);
  }
};

describe('readWish', () => {
  it("reads the plan's body with its defaults", () => {
    expect(read()).toEqual({
      id: context.id,
      customerId: context.customerId,
      name: 'Test Instance',
      databaseName: 'testdb',
      adminEmail: 'admin@test.com',
      odooVersion: '17.0',
      instanceType: 'development',
      billingStatus: 'trial',
      cpuLimit: 1,
      memoryBytes: 1024 ** 3,
      storageBytes: 10 * 1024 ** 3,
      demoData: false,
      serviceName: expect.stringMatching(/^odoo-testdb-[0-9a-f]{8}$/),
      externalUrl: 'http://testdb.example.com:8080',
    });
  });

  it('never carries the password', () => {
    expect(JSON.stringify(read({ admin_password: 'Chosen-123' }))).not.toContain('Chosen');
  });

  it.each([
    [{ odoo_version: '16' }, ['odoo_version odoo_version.unavailable']],
    [{ billing_status: 'paid' }, ['billing_status billing_status.not_choosable']],
    [{ database_name: 'www' }, ['database_name database_name.reserved']],
    [{ memory_limit: '63M' }, ['memory_limit size.out_of_range']],
    [{ storage_limit: '65T' }, ['storage_limit size.out_of_range']],
    [{ admin_password: 'admin@test.com' }, ['admin_password password.is_email']],
    [
      { database_name: '-', memory_limit: 'x', odoo_version: '1' },
      [
        'database_name database_name.malformed',
        'odoo_version odoo_version.unavailable',
        'memory_limit size.malformed',
      ],
    ],
  ])('refuses %j', (change, refused) => expect(refusal(change)).toEqual(refused));
});

describe('OdooVersions', () => {
  it('lists the newest first', () => expect(versions.all).toEqual(['18.0', '17.0', '14.0']));

  it('says which there are when one is not', () => {
    expect(() => versions.resolve('12')).toThrow('this site has 18.0, 17.0, 14.0');
  });

  it.each(['{}', '[]', 'null', '7'])('needs one: %s', (ODOO_IMAGES) => {
    const config = Object.assign(new GatewayConfig(), { ODOO_IMAGES });
    expect(() => new OdooVersions(config)).toThrow('names no Odoo version');
  });
});
