import { imageProfile, uncoveredVolumes } from './image-profile';

describe('imageProfile', () => {
  it.each([
    { name: 'official', version: '14.0', uid: 101, healthPath: '/web/login', websocketPath: '/longpolling' },
    { name: 'official', version: '15.0', uid: 101, healthPath: '/web/health', websocketPath: '/longpolling' },
    { name: 'official', version: '17.0', uid: 101, healthPath: '/web/health', websocketPath: '/websocket' },
    { name: 'official', version: '18.0', uid: 100, healthPath: '/web/health', websocketPath: '/websocket' },
    { name: 'debian-14', version: '14.0', uid: 101, healthPath: '/web/login', websocketPath: '/longpolling' },
    { name: 'bitnami', version: '17.0', uid: 1001, healthPath: '/web/health', websocketPath: '/websocket' },
  ])('knows $name $version', (expected) => {
    expect(imageProfile(expected.name, expected.version)).toMatchObject(expected);
  });

  it('refuses a name it does not know, and says which it knows', () => {
    expect(() => imageProfile('alpine', '17.0')).toThrow(
      expect.objectContaining({
        code: 'odoo.profile_unknown',
        hint: 'Use one of official, debian-14, bitnami.',
      }) as Error,
    );
  });

  it.each(['', 'latest', '17.0.1', 'v17'])('refuses %j as a version', (version) => {
    expect(() => imageProfile('official', version)).toThrow(
      expect.objectContaining({ code: 'odoo.version_malformed' }) as Error,
    );
  });
});

describe('uncoveredVolumes', () => {
  const official = imageProfile('official', '17.0');

  it('is empty for what the profile knows, however it is written', () => {
    expect(uncoveredVolumes(['/var/lib/odoo/', '/mnt/extra-addons'], official)).toEqual([]);
  });

  it('names what no mount would cover', () => {
    expect(uncoveredVolumes(['/var/lib/odoo', '/var/log/odoo', '/'], official)).toEqual([
      '/var/log/odoo',
      '/',
    ]);
  });
});
