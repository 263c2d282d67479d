import { classifyTask } from './task-failure';

describe('classifyTask', () => {
  it.each([
    ['No such image: odoo:99', 'swarm.image_unavailable', true],
    [
      'invalid mount config for type "bind": bind source path does not exist: /srv/x',
      'swarm.bind_missing',
      true,
    ],
    ['invalid bind mount source, must be an absolute path: x', 'swarm.start_failed', true],
    ['no suitable node (insufficient resources on 1 node)', 'swarm.no_suitable_node', false],
    ['node is missing network attachments, ip addresses may be exhausted', 'swarm.address_exhausted', false],
    ['Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available', 'swarm.cpu_range', true],
    ['task: non-zero exit (143): dockerexec: unhealthy container', 'swarm.unhealthy', false],
    ['task: non-zero exit (3)', 'swarm.exited', false],
    [
      'starting container failed: OCI runtime create failed: exec: "x": executable file not found',
      'swarm.start_failed',
      true,
    ],
    ['starting container failed: network sandbox join failed', 'swarm.start_failed', false],
    ['words nobody has seen yet', 'swarm.start_failed', false],
  ])('makes of "%s" %s', (error, code, permanent) => {
    expect(classifyTask({ state: 'failed', error })).toMatchObject({ code, permanent });
  });

  it('calls the end of what should run an exit', () => {
    expect(classifyTask({ state: 'complete', error: '' })).toMatchObject({
      code: 'swarm.exited',
      permanent: false,
    });
  });
});
