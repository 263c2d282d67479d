import { judgeDrill } from './backup-drill';

describe('what a drill says of its backup', () => {
  it('is that it is good once an Odoo has answered, whatever was in the way of removing it', () => {
    expect(judgeDrill({ answered: true })).toBe('passed');
    expect(judgeDrill({ answered: true, error: { code: 'database.busy' } })).toBe('passed');
    expect(judgeDrill({ answered: true, error: { code: 'operation.cancelled' } })).toBe('passed');
  });

  it.each([
    ...['backup.part_damaged', 'backup.part_missing', 'backup.part_unreadable', 'backup.manifest_damaged'],
    ...['backup.manifest_malformed', 'backup.format_unknown', 'data_job.failed', 'restore.rows_differ'],
    ...[
      'restore.files_differ',
      'odoo.not_answering',
      'odoo.not_neutral',
      'swarm.exited',
      'swarm.job_timeout',
    ],
    ...['operation.step_timed_out', '42P01'],
  ])('is that it is bad for %s', (code) => {
    expect(judgeDrill({ answered: false, error: { code } })).toBe('failed');
  });

  it.each([
    ...['operation.cancelled', 'operation.step_exhausted', 'swarm.no_suitable_node', 'swarm.unreachable'],
    ...['swarm.image_unavailable', 'database_server.unreachable', 'database.busy', 'storage.not_mounted'],
    ...['backup.not_completed', 'backup.version_differs', 'backup.destination_unavailable', 'internal'],
    ...['odoo_version.unavailable', 'instance.passwords_missing'],
  ])('is nothing for %s', (code) => {
    expect(judgeDrill({ answered: false, error: { code } })).toBe('put off');
  });
});
