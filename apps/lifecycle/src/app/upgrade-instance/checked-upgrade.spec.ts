import fc from 'fast-check';
import { CHECK_UPGRADE, checkedOutput, checkedUpgrade } from './checked-upgrade';
import { upgradeWish } from './upgrade-wish';

const image = fc.record(
  { image: fc.string(), id: fc.string(), profile: fc.string() },
  { requiredKeys: ['image', 'profile'] },
);
const odoo = fc.record({ odooVersion: fc.string(), odooImage: image });
const checked = fc.record(
  {
    from: odoo,
    to: odoo,
    modules: fc.array(fc.string()),
    major: fc.record({ image, command: fc.array(fc.string(), { minLength: 1 }) }),
  },
  { requiredKeys: ['from', 'to', 'modules'] },
);

describe('what was settled of an upgrade', () => {
  it('is read as it was kept', () => {
    fc.assert(
      fc.property(checked, (settled) => {
        const kept = JSON.parse(JSON.stringify(checkedOutput(settled))) as ReturnType<typeof checkedOutput>;
        expect(checkedUpgrade({ [CHECK_UPGRADE]: kept })).toEqual(settled);
      }),
    );
  });

  it.each([{}, { [CHECK_UPGRADE]: {} }, { [CHECK_UPGRADE]: { from: 'x', to: {}, modules: [] } }])(
    'is missed where it is not: %j',
    (outputs) => {
      expect(() => checkedUpgrade(outputs)).toThrow(
        expect.objectContaining({ code: 'operation.output_missing' }),
      );
    },
  );
});

describe('what was asked of an upgrade', () => {
  it.each([
    [{ safety_backup_id: 'b' }, {}],
    [{ odoo_version: '18', safety_backup_id: 'b' }, { odooVersion: '18' }],
    [{ modules: ['web', 'sale'] }, { modules: ['web', 'sale'] }],
  ])('%j is %j', (input, wish) => {
    expect(upgradeWish({ input })).toEqual(wish);
  });
});
