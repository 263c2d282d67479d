import { imageProfile, uncoveredVolumes } from './image-profile';

describe('imageProfile', () => {
  it.each([
    ['official', '14.0', 101, '/web/login', '/longpolling'],
    ['official', '15.0', 101, '/web/health', '/longpolling'],
    ['official', '17.0', 101, '/web/health', '/websocket'],
    ['official', '18.0', 100, '/web/health', '/websocket'],
    ['debian-14', '14.0', 101, '/web/login', '/longpolling'],
    ['bitnami', '17.0', 1001, '/web/health', '/websocket'],
  ])('%s %s: runs as %i, answers on %s and %s', (name, version, uid, healthPath, websocketPath) => {
    expect(imageProfile(name, version)).toMatchObject({ name, version, uid, healthPath, websocketPath });
  });

  it('refuses a name it does not know, and says which it knows', () => {
    expect(() => imageProfile('alpine', '17.0')).toThrow(
      expect.objectContaining({
        code: 'odoo.profile_unknown',
        hint: 'Use one of official, debian-14, bitnami.',
      }),
    );
  });

  it.each(['', 'latest', '17.0.1', 'v17'])('refuses %j as a version', (version) => {
    expect(() => imageProfile('official', version)).toThrow(
      expect.objectContaining({ code: 'odoo.version_malformed' }),
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
