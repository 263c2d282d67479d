import { capabilitiesOf } from '../connection/api-version';
import { isEngineSpec } from './engine-spec';
import { toEngineSpec } from './to-engine-spec';

describe('isEngineSpec', () => {
  const spec = toEngineSpec({ name: 'acme', labels: {}, image: 'odoo:17' }, capabilitiesOf('1.41'));

  it('takes the spec of a replicated service', () => {
    expect(isEngineSpec(spec)).toBe(true);
  });

  it('refuses one without a mode, which would wake a stopped service', () => {
    expect(isEngineSpec({ ...spec, Mode: undefined })).toBe(false);
    expect(isEngineSpec({ ...spec, Mode: { Replicated: {} } })).toBe(false);
    expect(isEngineSpec({ ...spec, Mode: { Global: {} } })).toBe(false);
    expect(isEngineSpec({ ...spec, TaskTemplate: {} })).toBe(false);
    expect(isEngineSpec(null)).toBe(false);
  });
});
