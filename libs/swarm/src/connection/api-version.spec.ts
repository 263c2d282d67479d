import { capabilitiesOf, compareVersions, negotiateVersion } from './api-version';
import { thrownBy } from '../test-matchers';

describe('API versions', () => {
  it('compares numbers, not digits', () => {
    expect(compareVersions('1.9', '1.41')).toBeLessThan(0);
    expect(compareVersions('2.0', '1.51')).toBeGreaterThan(0);
    expect(compareVersions('1.44', '1.44')).toBe(0);
  });

  it.each([
    ['1.12', '1.41', '1.41'],
    ['1.24', '1.45', '1.45'],
    ['1.44', '1.99', '1.51'],
  ])('agrees with an engine of %s to %s on %s', (min, max, agreed) => {
    expect(negotiateVersion(min, max)).toBe(agreed);
  });

  it('refuses engines it has no version in common with', () => {
    expect(thrownBy(() => negotiateVersion('1.12', '1.40'))).toMatchObject({ code: 'swarm.engine_too_old' });
    expect(thrownBy(() => negotiateVersion('1.52', '1.60'))).toMatchObject({ code: 'swarm.engine_too_new' });
  });

  it('knows what a version can do', () => {
    expect(capabilitiesOf('1.41')).toEqual({
      apiVersion: '1.41',
      startInterval: false,
      noNewPrivileges: false,
      replicatedJobsSafe: false,
    });
    expect(capabilitiesOf('1.44')).toMatchObject({
      startInterval: true,
      noNewPrivileges: true,
      replicatedJobsSafe: true,
    });
  });
});
