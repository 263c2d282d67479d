import { templateName } from './template-name';

describe('templateName', () => {
  it('is a PostgreSQL name of the version and the image', () => {
    expect(templateName('17.0', 'sha256:1')).toMatch(/^saasodoo_template_17_0_[0-9a-f]{8}$/);
  });

  it('is another one for another image, and the same for the same', () => {
    expect(templateName('17.0', 'sha256:1')).toBe(templateName('17.0', 'sha256:1'));
    expect(templateName('17.0', 'sha256:1')).not.toBe(templateName('17.0', 'sha256:2'));
  });

  it('never is longer than PostgreSQL keeps', () => {
    expect(templateName('1'.repeat(99), 'sha256:1')).toHaveLength(63);
  });
});
