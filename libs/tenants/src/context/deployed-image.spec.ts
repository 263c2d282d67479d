import { deployedImage } from './deployed-image';

const configured = { image: 'odoo:17.0-june', id: 'sha256:2', profile: 'official' };

describe('deployedImage', () => {
  it('is what the service was deployed with, whatever its version has by now', () => {
    expect(deployedImage({ image: 'odoo:17.0-may', fingerprint: 'f' }, 'f', configured)).toEqual({
      image: 'odoo:17.0-may',
      profile: 'official',
    });
  });

  it.each([
    ['the service has the same', { image: configured.image, fingerprint: 'f' }, 'f'],
    ['there is no service', undefined, 'f'],
    ['somebody edited the service', { image: 'mine', fingerprint: 'other' }, 'f'],
    ['nobody knows what was deployed', { image: 'mine', fingerprint: 'other' }, undefined],
  ])('is what its version has where %s', (_where, service, asDeployed) => {
    expect(deployedImage(service, asDeployed, configured)).toBe(configured);
  });
});
