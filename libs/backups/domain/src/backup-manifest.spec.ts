import fc from 'fast-check';
import { type BackupManifest, MANIFEST_FORMAT, parseManifest } from './backup-manifest';

const part = {
  name: 'database.dump',
  bytes: 10,
  sha256: 'a'.repeat(64),
  stored_bytes: 10,
  stored_sha256: 'b'.repeat(64),
  encrypted: false,
};

const manifest: BackupManifest = {
  format: MANIFEST_FORMAT,
  backup_id: '01890a5d-ac96-774b-bcce-b302099a8057',
  kind: 'manual',
  instance: { id: 'i', customer_id: 'c', name: 'Shop', database_name: 'shop' },
  odoo: { version: '17.0', image: 'odoo:17', image_id: 'sha256:1', modules: { base: '17.0.1.3' } },
  database: { server_version: '17.2', size_bytes: 1, tables: { res_users: 5 } },
  files: { count: 1, bytes: 1, missing: 0 },
  consistent: true,
  parts: [part],
  started_at: '2026-01-01T00:00:00.000Z',
  completed_at: '2026-01-01T00:01:00.000Z',
};

const malformed = expect.objectContaining({ code: 'backup.manifest_malformed' });

describe('parseManifest', () => {
  it('reads what was written', () => {
    expect(parseManifest(JSON.stringify(manifest))).toEqual(manifest);
  });

  it('refuses another format and says so', () => {
    expect(() => parseManifest(JSON.stringify({ ...manifest, format: 2 }))).toThrow(
      expect.objectContaining({ code: 'backup.format_unknown' }),
    );
  });

  it.each(Object.keys(manifest).filter((key) => key !== 'format'))('refuses one without %s', (key) => {
    expect(() => parseManifest(JSON.stringify({ ...manifest, [key]: undefined }))).toThrow(malformed);
  });

  it.each([
    ['a name that leads elsewhere', { name: '../../etc/passwd' }],
    ['a hash that is none', { sha256: 'x' }],
    ['a size below zero', { bytes: -1 }],
  ])('refuses a part with %s', (_what, change) => {
    const parts = [{ ...part, ...change }];
    expect(() => parseManifest(JSON.stringify({ ...manifest, parts }))).toThrow(malformed);
  });

  it('refuses whatever is no manifest', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseManifest(text)).toThrow(expect.objectContaining({ httpStatus: 422 }));
      }),
    );
  });
});
